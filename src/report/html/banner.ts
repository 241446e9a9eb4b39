import prettyMs from 'pretty-ms';
import { traitsOf } from '../../model/provider-traits.js';
import type { Finding, Outcome, Verdict } from '../../model/verdict.js';
import { marks, outcomeWords, summary } from '../figures.js';
import type { RunFacts } from '../run-facts.js';
import { html, type Markup, type Piece } from './markup.js';
import { anchorOf, markOf } from './parts.js';

const meaning: Readonly<Record<Outcome, string>> = {
  pass: 'All that was checked and played went as it should.',
  fail: 'Something did not hold. What, and why, is told below.',
  unknown: 'Nothing failed, but not everything could be found out: this is no pass.',
  skipped: 'Nothing was checked.',
};

/** A wall-clock time for people: 22 November 2026, 19:05:08 UTC. */
export const whenWords = (wallClock: string): string => {
  const atMs = Date.parse(wallClock);
  if (Number.isNaN(atMs)) return wallClock;
  return `${new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'medium', timeZone: 'UTC' }).format(atMs).replace(' at ', ', ')} UTC`;
};

const fact = (name: string, value: Piece): Markup => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

/** What did not hold, each with the way to where it is told. */
const wrongOnes = (findings: readonly Finding[]): Piece => {
  const wrong = findings.filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown');
  if (wrong.length === 0) return undefined;
  return html`<ul class="wrong">${wrong.map(
    (finding) =>
      html`<li class="${finding.outcome}">${markOf(finding.outcome)} <a href="#${anchorOf(finding)}">${finding.title}</a> <small>${finding.detail}</small></li>`,
  )}</ul>`;
};

/** The verdict, what did not hold, and about the run. */
export const banner = ({ outcome, findings }: Verdict, run: RunFacts): Markup => html`<div class="verdict ${outcome}">
<p class="word"><span class="sign" aria-hidden="true">${marks[outcome]}</span> ${outcomeWords[outcome]}</p>
<p class="counts"><b>${summary(findings)}</b><br>${meaning[outcome]}</p>
${wrongOnes(findings)}</div>
<dl class="facts">
${fact('Lab', run.lab)}
${fact('When', html`<time datetime="${run.startedAt}">${whenWords(run.startedAt)}</time>`)}
${fact('How long', prettyMs(run.durationMs, { secondsDecimalDigits: 1 }))}
${fact('Machines are', traitsOf(run).machines)}
${run.seed === undefined ? undefined : fact('Seed', html`<code>${run.seed}</code>`)}
</dl>
`;
