import type { Finding } from '../../model/verdict.js';
import { html, type Markup, type Piece } from './markup.js';
import { anchorOf, entryOf, markOf, type Part } from './parts.js';

/** What a finding rests on, line by line. */
export const evidenceList = ({ evidence, detail }: Finding): Piece => {
  const lines = (evidence ?? []).filter((line) => line !== detail);
  if (lines.length === 0) return undefined;
  return html`<ul class="evidence">${lines.map((line) => html`<li>${line}</li>`)}</ul>`;
};

const row = (finding: Finding): Markup =>
  html`<tr class="${finding.outcome}" id="${anchorOf(finding)}"${entryOf(finding)}><td class="of-mark">${markOf(finding.outcome)}</td><th scope="row">${finding.title}</th><td>${finding.detail}${finding.outcome === 'pass' ? undefined : evidenceList(finding)}</td></tr>
`;

/** Checks as a table, a row for each. */
export const checksRows = (findings: readonly Finding[]): Piece =>
  findings.length === 0
    ? undefined
    : html`<table class="checks">
<thead><tr><td></td><th scope="col">what must hold</th><th scope="col">what was found</th></tr></thead>
<tbody>
${findings.map(row)}</tbody>
</table>
`;

/** What was found while nothing was broken, and held. */
export const checksTable = (findings: readonly Finding[]): Part | undefined => {
  const entries = findings.filter(({ outcome }) => outcome !== 'fail' && outcome !== 'unknown');
  if (entries.length === 0) return undefined;
  return { id: 'checks', title: 'Checks at rest', entries, content: checksRows(entries) };
};
