import { probesOf } from '../../check/outages.js';
import { ms } from '../../check/words.js';
import type { History } from '../../model/history.js';
import { glyphs } from '../charts/glyphs.js';
import { type Answer, answerOf, glyphOf } from '../charts/latency.js';
import type { ToneOf } from '../charts/spans.js';
import { html, type Markup } from './markup.js';

const key = (className: string, glyph: keyof typeof glyphs, words: string): Markup =>
  html`<li><svg class="chart key" viewBox="0 0 14 14" width="14" height="14" aria-hidden="true"><path class="${className}" d="M7 7${glyphs[glyph]}"/></svg> ${words}</li>`;

const words = (limitMs: number): Readonly<Record<Exclude<Answer, 'good'>, string>> => ({
  late: 'sent late: says nothing about its moment',
  slow: `answered, but later than ${ms(limitMs)}`,
  wrong: 'answered wrongly',
  none: 'no answer',
});

/** What the marks of a timeline mean: those that are in it. */
export const legend = (history: History, limitMs: number, toneOf: ToneOf): Markup => {
  const answers = probesOf(history).map((probe) => ({ answer: answerOf(probe, limitMs), by: probe.via?.loadBalancer }));
  const carriers = [...new Set(answers.flatMap(({ answer, by }) => (answer === 'good' ? [by ?? ''] : [])))].sort();
  const others = (['late', 'slow', 'wrong', 'none'] as const).filter((each) =>
    answers.some(({ answer }) => answer === each),
  );
  return html`<ul class="legend">${carriers.map((name) =>
    key(`probe ${toneOf(name)}`, 'dot', name === '' ? 'good answer' : `good answer through ${name}`),
  )}${others.map((answer) => key(`probe ${answer}`, glyphOf[answer], words(limitMs)[answer]))}</ul>`;
};
