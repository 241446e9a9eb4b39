import type { Finding } from '../../model/verdict.js';
import { figure, outageOf } from '../figures.js';
import { type WeakPoint, weakPointsOf } from '../weak-points.js';
import { html, type Markup } from './markup.js';
import { anchorOf, entryOf, markOf, type Part } from './parts.js';

const proof = (finding: Finding): Markup => {
  const outage = outageOf(finding);
  const cost = outage === undefined ? '' : `${figure(outage.value, outage.unit)} of outage; `;
  return html`<li${entryOf(finding)}>${markOf(finding.outcome)} <a href="#${anchorOf(finding)}">${finding.title}</a><br><small>${cost}${finding.detail}</small></li>`;
};

const card = ({ name, proofs }: WeakPoint): Markup =>
  html`<li class="weak"><h3>${name}</h3>
<ul>${proofs.map(proof)}</ul></li>
`;

const noWeakPoints = html`<p>No scenario proved one. That is no proof that there is none: only what was broken on purpose was found out.</p>`;

const lead = html`<p class="lead">While one of these is away, the site is away, or a part of it. That follows from the design: there is one of each.</p>`;

/** What the site can't do without, as the scenarios proved it. */
export const weakPoints = (findings: readonly Finding[]): Part | undefined => {
  if (findings.length === 0) return undefined;
  const found = weakPointsOf(findings);
  const content = found.length === 0 ? noWeakPoints : html`${lead}<ul class="weak-points">${found.map(card)}</ul>`;
  return { id: 'weak-points', title: 'Single points of failure found', content };
};
