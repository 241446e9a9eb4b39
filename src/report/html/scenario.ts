import { ms } from '../../check/words.js';
import type { Distribution, Finding } from '../../model/verdict.js';
import { distributionPicture, phasesOf } from '../charts/distribution.js';
import type { ToneOf } from '../charts/spans.js';
import { timeline } from '../charts/timeline.js';
import { expectationWords } from '../expectation-words.js';
import { outcomeWords } from '../figures.js';
import { type PlayedRun, worstRunOf } from '../runs.js';
import { evidenceList } from './checks.js';
import { legend } from './legend.js';
import { html, type Markup, type Piece } from './markup.js';
import { anchorOf, markOf } from './parts.js';

/** One scenario: what happened, what was expected, what was seen, how often and for how long. */
export const scenarioPart = (finding: Finding, runs: readonly PlayedRun[], toneOf: ToneOf): Markup => {
  const worst = worstRunOf(runs);
  const scenario = worst?.started.scenario;
  return html`<article class="scenario" id="${anchorOf(finding)}">
<header>
<h3>${markOf(finding.outcome)} <span>${finding.title}</span></h3>
${scenario === undefined ? undefined : html`<p class="why">${scenario.why}</p>`}
</header>
<p class="detail ${finding.outcome}"><b>${outcomeWords[finding.outcome]}</b> ${finding.detail}</p>
${scenario === undefined ? undefined : expectations(expectationWords(scenario))}
${worst === undefined ? undefined : timelineFigure(finding, worst, runs.length, toneOf)}
${finding.distribution === undefined ? undefined : distributionFigure(finding, finding.distribution, runs)}
${evidenceList(finding)}
</article>
`;
};

const expectations = (lines: readonly string[]): Markup =>
  html`<div class="expected"><h4>Expected</h4><ul>${lines.map((line) => html`<li>${line}</li>`)}</ul></div>`;

const thinning = 'Good answers that fall on the same spot are drawn once; all others are all drawn.';

const timelineFigure = (finding: Finding, run: PlayedRun, runs: number, toneOf: ToneOf): Markup => {
  const { repetition, ratePerSecond } = run.started;
  const which = runs === 1 ? '' : `Run ${repetition} of ${runs}, the one with the longest outage. `;
  const rate = `${Math.round(ratePerSecond)} requests a second, each by when it was due and how long its answer took. `;
  return html`<figure>
${legend(run.history, toneOf)}
${timeline(`timeline-${anchorOf(finding)}`, finding.title, run.history, toneOf)}
<figcaption>${which}${rate}${thinning}</figcaption>
</figure>`;
};

const fact = (name: string, valueMs: number | undefined): Piece =>
  valueMs === undefined ? undefined : html`<div><dt>${name}</dt><dd>${ms(valueMs)}</dd></div>`;

const distributionFigure = (finding: Finding, distribution: Distribution, runs: readonly PlayedRun[]): Piece => {
  const { minMs, medianMs, p95Ms, maxMs, boundMs, phases } = distribution;
  const parts = phasesOf(phases);
  if (distribution.runs < 2 && parts.length === 0) return undefined;
  const drawing = distributionPicture(
    `distribution-${anchorOf(finding)}`,
    finding.title,
    distribution,
    runs.map((run) => run.outageMs),
  );
  const quantiles = html`${fact('shortest', minMs)}${fact('median', medianMs)}${fact('95 % within', p95Ms)}${fact('longest', maxMs)}${fact('bound', boundMs)}`;
  return html`<figure class="distribution">
<h4>${distribution.runs < 2 ? 'What the outage was made of' : `Outages of ${distribution.runs} runs`}</h4>
${drawing}
<dl class="quantiles">${distribution.runs < 2 ? undefined : quantiles}${parts.map((part) => fact(part.name, part.ms))}</dl>
<figcaption>${parts.length === 0 ? '' : partsCaption(distribution.runs)}</figcaption>
</figure>`;
};

const partsCaption = (runs: number): string =>
  `detection: until somebody noticed; election: until another load balancer held the VIP; ARP: until the network had heard of it; first answer: until a request was answered well again.${runs < 2 ? '' : ' Medians, which need not add up to the median outage.'}`;
