import type { Environment, VerificationRecord } from '../../model/history.js';
import type { Plan } from '../../model/plan.js';
import { startOf } from '../runs.js';
import { computerWords } from './about.js';
import { html, type Piece } from './markup.js';

/** The lab and its versions in a few lines, for the foot of the first page on paper: on a screen they have parts of their own. */
export const paperFacts = (record: VerificationRecord): Piece => {
  const start = startOf(record);
  if (start === undefined) return undefined;
  const { plan, environment } = start;
  return html`<div class="on-paper">
<p><b>Machines</b> ${machinesWords(plan)}</p>
<p><b>Versions</b> ${versionsWords(environment)}; ${computerWords(environment)}</p>
<p>The pages after this one tell what did not hold, and each scenario that was open when this was printed.</p>
</div>
`;
};

const machinesWords = ({ machines, network }: Plan): string =>
  [
    ...machines.map(({ name, address, roles }) => {
      const others = roles.filter((role) => role !== name);
      return `${name} ${address}${others.length === 0 ? '' : ` (${others.join(', ')})`}`;
    }),
    `virtual IP ${network.vip}`,
  ].join(', ');

/** Each program once; with its machines where they have different versions of it. */
const versionsWords = ({ quintet, node, versions }: Environment): string => {
  const machines = Object.entries(versions);
  const programs = [...new Set(machines.flatMap(([, own]) => Object.keys(own)))];
  return [
    `Quintet ${quintet}`,
    `Node.js ${node}`,
    ...programs.map((program) => {
      const owners = machines.filter(([, own]) => own[program] !== undefined);
      const different = new Set(owners.map(([, own]) => own[program]));
      const told = owners.map(([machine, own]) => `${own[program]} (${machine})`);
      return `${program} ${different.size === 1 ? [...different].join('') : told.join(' ')}`;
    }),
  ].join(', ');
};
