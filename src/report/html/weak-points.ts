import type { Finding } from '../../model/verdict.js';
import { figure, measureOf } from '../figures.js';
import { type WeakPoint, weakPointsOf } from '../weak-points.js';
import { html, type Markup, type Piece } from './markup.js';
import { anchorOf, markOf, section } from './parts.js';

const proof = (finding: Finding): Markup => {
  const recovery = measureOf(finding, 'recovery');
  const back =
    recovery === undefined ? '' : `; well again ${figure(recovery.value, recovery.unit)} after it was mended`;
  return html`<li>${markOf(finding.outcome)} <a href="#${anchorOf(finding)}">${finding.title}</a><br><small>${finding.detail}${back}</small></li>`;
};

const card = ({ name, proofs, outage }: WeakPoint): Markup =>
  html`<li class="weak"><h3>${name}</h3>
${outage === undefined ? undefined : html`<p class="cost"><b>${figure(outage.value, outage.unit)}</b> of outage, at the longest</p>`}
<ul>${proofs.map(proof)}</ul></li>
`;

const noWeakPoints = html`<p>No scenario proved one. That is no proof that there is none: only what was broken on purpose was found out.</p>`;

const lead = html`<p class="lead">While one of these is away, the site is away, or a part of it. That follows from the design: there is one of each.</p>`;

/** What the site can't do without, as the scenarios proved it. */
export const weakPoints = (findings: readonly Finding[]): Piece => {
  if (findings.length === 0) return undefined;
  const found = weakPointsOf(findings);
  const content = found.length === 0 ? noWeakPoints : html`${lead}<ul class="weak-points">${found.map(card)}</ul>`;
  return section('weak-points', 'Single points of failure found', content);
};
