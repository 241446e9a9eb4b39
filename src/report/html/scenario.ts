import { isBad, outages, probesOf } from '../../check/outages.js';
import { firstFaultMs } from '../../check/spells.js';
import { counted, ms } from '../../check/words.js';
import type { Distribution, Finding } from '../../model/verdict.js';
import { distributionPicture } from '../charts/distribution.js';
import type { ToneOf } from '../charts/spans.js';
import { isWhole, timeline } from '../charts/timeline.js';
import { endOf, isIn, type Stretch, windowOf } from '../charts/window.js';
import { expectationWords } from '../expectation-words.js';
import { partsOfFinding } from '../failover-parts.js';
import { certaintyWords, figure, outageOf, outcomeWords } from '../figures.js';
import { type PlayedRun, worstRunOf } from '../runs.js';
import { evidenceList } from './checks.js';
import { legend } from './legend.js';
import { html, type Markup, type Piece } from './markup.js';
import { anchorOf, entryOf, markOf } from './parts.js';

/** One scenario: what happened, what was expected, what was seen, how often and for how long. */
export const scenarioPart = (finding: Finding, runs: readonly PlayedRun[], toneOf: ToneOf): Markup => {
  const worst = worstRunOf(runs);
  const scenario = worst?.started.scenario;
  return html`<article class="scenario" id="${anchorOf(finding)}"${entryOf(finding)}>
<div class="story">
<header>
<h3>${markOf(finding.outcome)} <span>${finding.title}</span></h3>
${scenario === undefined ? undefined : html`<p class="why">${scenario.why}</p>`}
</header>
<p class="detail ${finding.outcome}"><b>${outcomeWords[finding.outcome]}</b> ${finding.detail}</p>
${finding.certainty === undefined ? undefined : html`<p class="certainty">${certaintyWords(finding.certainty)}.</p>`}
${scenario === undefined ? undefined : expectations(expectationWords(scenario))}
${worst === undefined ? undefined : timelineFigure(finding, worst, runs.length, toneOf)}</div>
${distributionFigure(finding, runs)}
${evidenceList(withoutParts(finding))}
</article>
`;
};

/** A scenario of which only the outcome shows until somebody opens it, or follows a link to it. */
export const folded = (finding: Finding, told: Markup): Markup => {
  const outage = outageOf(finding);
  const cost =
    outage === undefined
      ? undefined
      : html`<small>${outage.value === 0 ? 'no' : figure(outage.value, outage.unit)} outage</small>`;
  return html`<details class="folded"${entryOf(finding)}><summary>${markOf(finding.outcome)} <b>${finding.title}</b> ${cost}</summary>
${told}</details>
`;
};

/** What the pictures tell with names of its own need not stand in the evidence by others. */
const withoutParts = (finding: Finding): Finding => ({
  ...finding,
  evidence: (finding.evidence ?? []).filter((line) => !line.startsWith('failover: ')),
});

const expectations = (lines: readonly string[]): Markup =>
  html`<div class="expected"><h4>Expected</h4><ul>${lines.map((line) => html`<li>${line}</li>`)}</ul></div>`;

const timelineFigure = (finding: Finding, run: PlayedRun, runs: number, toneOf: ToneOf): Markup => {
  const { repetition, ratePerSecond } = run.started;
  const { history } = run;
  const shown = windowOf(history);
  const which = runs === 1 ? '' : `Run ${repetition} of ${runs}, the worst. `;
  return html`<figure>
${legend(history.filter(isIn(shown)), run.started.limitMs, toneOf)}
${timeline(`timeline-${anchorOf(finding)}`, finding.title, history, shown, toneOf)}
<figcaption>${which}${Math.round(ratePerSecond)} requests a second. ${partWords(run, shown)}</figcaption>
</figure>`;
};

/** Which part of the run the picture shows, and what it leaves to the strip. */
const partWords = ({ history, started: { limitMs } }: PlayedRun, shown: Stretch): string => {
  if (isWhole(shown, history)) return 'The whole run.';
  const elsewhere = probesOf(history).filter((probe) => !isIn(shown)(probe) && isBad(probe, limitMs)).length;
  const others = elsewhere === 0 ? '' : `; ${counted(elsewhere, 'request')} failed outside this part`;
  return `The strip shows the whole run of ${ms(endOf(history))}, the picture what lies in its frame${others}.`;
};

const fact = (name: string, valueMs: number | undefined): Piece =>
  valueMs === undefined ? undefined : html`<div><dt>${name}</dt><dd>${ms(valueMs)}</dd></div>`;

/** How the outages of all runs lie, and what a typical one was made of; of a single run only that. */
const distributionFigure = (finding: Finding, runs: readonly PlayedRun[]): Piece => {
  const [only] = runs;
  if (only === undefined) return undefined;
  const { distribution } = finding;
  const parts = partsOfFinding(finding, runs);
  if (distribution === undefined && parts.length === 0) return undefined;
  const id = `distribution-${anchorOf(finding)}`;
  const outagesMs = runs.map((run) => run.outageMs);
  return html`<figure class="distribution">
<h4>${distribution === undefined ? 'What the failover was made of' : `Outages of ${distribution.runs} runs`}</h4>
${distributionPicture(id, finding.title, distribution, parts, outagesMs)}
<dl class="quantiles">${distribution === undefined ? undefined : quantiles(distribution)}${parts.map((part) => fact(part.name, part.ms))}</dl>
${parts.length === 0 ? undefined : html`<figcaption>${whereMeasured(only, distribution)}</figcaption>`}
</figure>`;
};

/** A failover and an outage are two things: they begin and end at different moments, and others see them. */
const whereMeasured = ({ history }: PlayedRun, distribution: Distribution | undefined): string => {
  const seen = 'what observers on the load balancers and at the vantage saw, counted from the fault';
  if (distribution !== undefined) {
    return `The parts are medians of ${seen}. An outage is what visitors noticed: it counts from the first request that was lost.`;
  }
  const [first] = outages(history);
  if (first === undefined) return `The parts are ${seen}. No visitor noticed any of it.`;
  const laterMs = first.fromMs - firstFaultMs(history);
  const begun = laterMs >= 0 ? `${ms(laterMs)} after` : `${ms(-laterMs)} before`;
  return `The parts are ${seen}. The outage is what visitors noticed: it counts from the first request that was lost, due ${begun} the fault.`;
};

const quantiles = ({ minMs, medianMs, p95Ms, maxMs, boundMs }: Distribution): Piece => [
  fact('shortest', minMs),
  fact('median', medianMs),
  fact('95 % within', p95Ms),
  fact('longest', maxMs),
  fact('bound', boundMs),
];
