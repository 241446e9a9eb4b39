import { changeMarks, changeWords, countWords, otherFigures, pairWords, whyWords, worthTelling } from '../changes.js';
import type { Compared, ComparedRun, Comparison, Difference } from '../comparison-schema.js';
import { countsWords, marks, outcomeWords } from '../figures.js';
import { whenWords } from './banner.js';
import { html, type Markup } from './markup.js';
import { page } from './page.js';
import { cell, type Part, section } from './parts.js';

/** Two runs side by side as a page that needs nothing else. */
export const htmlComparison = (comparison: Comparison): string => {
  const { a, b } = comparison;
  const parts = [differencesPart(comparison.differences), scenariosPart(comparison), checksPart(comparison)];
  return page({
    title: `${a.run} and ${b.run} compared`,
    kind: 'two verifications compared',
    heading: a.title === b.title ? a.title : `${a.title} and ${b.title}`,
    quintet: b.quintet,
    main: [
      html`<div class="sides">${side('A', a)}${side('B', b)}</div>
<p class="counts"><b>${countWords(comparison)}</b></p>
`,
      parts.filter((part) => part !== undefined).map(section),
    ],
    source: html`two <code>history.jsonl</code>`,
  }).text;
};

const side = (name: string, run: ComparedRun): Markup => html`<div class="verdict ${run.outcome}">
<p class="word"><span class="side">${name}</span> <span class="sign" aria-hidden="true">${marks[run.outcome]}</span> ${outcomeWords[run.outcome]}</p>
<p class="counts"><b>${countsWords(run.counts)}</b><br>${run.title} · ${run.provider}<br><time datetime="${run.startedAt}">${whenWords(run.startedAt)}</time><br><small><code>${run.run}</code>${run.complete ? undefined : ', cut off'}</small></p>
</div>
`;

const differencesPart = (all: readonly Difference[]): Part | undefined =>
  all.length === 0
    ? undefined
    : {
        id: 'differences',
        title: 'What was other about them',
        content: html`<table class="versions"><thead><tr><th scope="col">what</th><th scope="col">A</th><th scope="col">B</th></tr></thead><tbody>
${all.map(({ what, a = '–', b = '–' }) => html`<tr><th scope="row">${what}</th><td>${a}</td><td>${b}</td></tr>\n`)}</tbody></table>
`,
      };

/** A change of outcome in the colour of what it became. */
const tone = ({ change, a, b }: Compared): string => (change === 'same' ? (b ?? 'skipped') : (b ?? a ?? 'skipped'));

const story = (compared: Compared): Markup[] => {
  const figures = otherFigures(compared).map((figure) => html`<span class="number">${figure}</span> `);
  const lines = [
    ...whyWords(compared).map((line) => html`${line}`),
    ...(figures.length === 0 ? [] : [html`${figures}`]),
  ];
  return lines.map((line) => html`<br><small>${line}</small>`);
};

const markCell = (compared: Compared): Markup =>
  html`<td class="of-change"><span class="mark" role="img" aria-label="${compared.a ?? 'absent'}, then ${compared.b ?? 'absent'}">${changeMarks(compared)}</span></td>`;

const titleCell = (compared: Compared): Markup =>
  html`<th scope="row">${compared.title}${
    compared.change === 'same' ? undefined : html` <span class="tag">${changeWords[compared.change]}</span>`
  }${story(compared)}</th>`;

const scenariosPart = (comparison: Comparison): Part | undefined => {
  const all = worthTelling(comparison, 'scenario');
  if (all.length === 0) return undefined;
  return {
    id: 'scenarios',
    title: 'Scenarios',
    content: html`<table class="summary compared">
<thead><tr><td></td><th scope="col">scenario</th><th scope="col">outage</th><th scope="col">failed requests</th><th scope="col">writes lost</th></tr></thead>
<tbody>
${all.map(
  (
    each,
  ) => html`<tr class="${tone(each)} ${each.change}">${markCell(each)}${titleCell(each)}${['outage', 'failed', 'writes lost'].map((name) => cell(name, html`<span class="number">${pairWords(each, name)}</span>`))}</tr>
`,
)}</tbody>
</table>
<p class="measured">A figure that is the same in both stands there once, else as A → B. <b>Outage</b> and <b>failed requests</b> are what the prober outside the machines saw; <b>detection</b>, <b>election</b>, <b>ARP</b> and <b>first answer</b> what observers on the load balancers and at the vantage saw, counted from the fault.</p>
`,
  };
};

const checksPart = (comparison: Comparison): Part | undefined => {
  const all = worthTelling(comparison, 'check');
  if (all.length === 0) return undefined;
  return {
    id: 'checks',
    title: 'Checks that came out otherwise',
    content: html`<table class="checks compared">
<thead><tr><td></td><th scope="col">what must hold</th></tr></thead>
<tbody>
${all.map((each) => html`<tr class="${tone(each)} ${each.change}">${markCell(each)}${titleCell(each)}</tr>\n`)}</tbody>
</table>
`,
  };
};
