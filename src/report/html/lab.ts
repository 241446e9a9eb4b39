import type { VerificationRecord } from '../../model/history.js';
import type { PlannedMachine } from '../../model/plan.js';
import { startOf } from '../runs.js';
import { html, type Markup, trusted } from './markup.js';
import type { Part } from './parts.js';

/** The lab as a picture beside its machines. */
export const labPart = (record: VerificationRecord, topologySvg: string | undefined): Part | undefined => {
  const plan = startOf(record)?.plan;
  if (plan === undefined) return undefined;
  const { network } = plan;
  const content = html`<div class="lab">
${topologySvg === undefined ? undefined : picture(topologySvg)}
<table class="machines">
<thead><tr><th scope="col">machine</th><th scope="col">address</th></tr></thead>
<tbody>
<tr><th scope="row">virtual IP<small>held by one load balancer at a time</small></th><td>${network.vip}</td></tr>
${plan.machines.map(row)}<tr><th scope="row">vantage<small>where requests were sent from</small></th><td>${network.vantage}</td></tr>
</tbody>
</table>
</div>`;
  return { id: 'lab', title: 'The lab', content };
};

/** On paper it is light, whatever the reader's screen is. */
const picture = (svg: string): Markup =>
  html`<div class="topology" role="region" aria-label="The lab as a picture" tabindex="0">${trusted(
    svg.replaceAll('@media (prefers-color-scheme: dark)', '@media screen and (prefers-color-scheme: dark)'),
  )}</div>`;

const row = ({ name, roles, address }: PlannedMachine): Markup =>
  html`<tr><th scope="row">${name}<small>${roles.filter((role) => role !== name).join(', ')}</small></th><td>${address}</td></tr>
`;
