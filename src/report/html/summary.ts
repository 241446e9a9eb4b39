import type { Finding, Measure } from '../../model/verdict.js';
import { figure, measureOf, outageOf, writesLost } from '../figures.js';
import { html, type Markup, type Piece } from './markup.js';
import { anchorOf, cell, entryOf, markOf, type Part, shareBar } from './parts.js';

const none = html`<span class="nothing">–</span>`;

const outageCell = (outage: Measure | undefined): Piece => {
  if (outage === undefined) return none;
  return html`<span class="number">${figure(outage.value, outage.unit)}</span>${shareBar(outage)}`;
};

const boundCell = (outage: Measure | undefined): Piece =>
  outage?.atMost === undefined ? none : html`<span class="number">${figure(outage.atMost, outage.unit)}</span>`;

const failedCell = (finding: Finding): Piece => {
  const failed = measureOf(finding, 'failed', 'dynamic failed', 'static failed');
  const sent = measureOf(finding, 'sent', 'dynamic sent', 'static sent');
  if (failed === undefined) return none;
  const of = sent === undefined ? undefined : html` <small>of ${figure(sent.value, sent.unit)}</small>`;
  return html`<span class="number">${figure(failed.value, failed.unit)}</span>${of}`;
};

const numberCell = (measure: Measure | undefined): Piece =>
  measure === undefined ? none : html`<span class="number">${figure(measure.value, measure.unit)}</span>`;

const row = (finding: Finding): Markup => {
  const outage = outageOf(finding);
  const title = html`<a href="#${anchorOf(finding)}">${finding.title}</a>`;
  return html`<tr class="${finding.outcome}"${entryOf(finding)}>
<td class="of-mark">${markOf(finding.outcome)}</td><th scope="row">${title}</th>
${cell('outage', outageCell(outage))}${cell('at most', boundCell(outage))}${cell('failed requests', failedCell(finding))}${cell('writes lost', numberCell(writesLost(finding)))}${cell('recovery', numberCell(measureOf(finding, 'recovery')))}
</tr>`;
};

/** Every scenario against what was allowed, a row for each. */
export const scenarioTable = (findings: readonly Finding[]): Part | undefined =>
  findings.length === 0
    ? undefined
    : {
        id: 'summary',
        title: 'Scenarios against their bounds',
        content: html`<table class="summary">
<thead><tr><td></td><th scope="col">scenario</th><th scope="col">outage</th><th scope="col">at most</th><th scope="col">failed requests</th><th scope="col">writes lost</th><th scope="col">recovery</th></tr></thead>
<tbody>
${findings.map(row)}
</tbody>
</table>
<p class="measured"><b>Outage</b> and <b>failed requests</b> are what the prober outside the machines saw, of all pages together; where the pages are held to different bounds, the outage of those that have one. <b>Recovery</b> is what the machines themselves saw: from when the undoing of the fault began until every service ran and one load balancer held the VIP.</p>
`,
      };
