import type { Plan } from '../model/plan.js';
import type { Scenario } from '../model/scenario.js';

const idStart = 'power-cut-of-';

/**
 * One scenario for each machine of a lab: its power is cut, for longer than the others take to notice. Nothing is
 * expected but that what was acknowledged is kept. Whoever holds the VIP goes first: so it has moved on when the others' turn comes.
 */
export const powerCuts = ({ machines }: Pick<Plan, 'machines'>, holder?: string): readonly Scenario[] =>
  [...machines]
    .sort((one, other) => Number(other.name === holder) - Number(one.name === holder))
    .map(({ name, roles }) => ({
      id: `${idStart}${name}`,
      title: `${name} loses power`,
      why: `What does the site lose with ${name} (${roles.join(', ')})?`,
      before: '1 s',
      faults: [{ fault: 'power-cut', target: name, at: '0 ms', for: 'masterDown + clusterDown + 2 s' }],
      after: '500 ms',
      repeat: 1,
      firstLook: false,
      expect: { writes: 'kept' },
    }));

/** The machine that such a scenario is about; undefined for any other. */
export const machineCut = ({ id }: Pick<Scenario, 'id'>): string | undefined =>
  id.startsWith(idStart) ? id.slice(idStart.length) : undefined;
