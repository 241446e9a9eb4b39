import type { Path } from '../../model/problem.js';
import type { Scenario } from '../../model/scenario.js';
import { type Demand, demandsOf } from '../../plan/conditions.js';

/** A demand with the step that waits for it: the making of a fault, or its undoing. */
export interface Waiting {
  readonly index: number;
  readonly key: 'when' | 'until';
  readonly path: Path;
  readonly demand: Demand;
}

/** Where a demand stands within its condition. */
export const pathIn = (demand: Demand): Path => (demand.kind === 'up' ? ['up', demand.service] : [demand.kind]);

/** Everything that the steps of a scenario wait for. */
export const waitings = ({ faults }: Scenario): readonly Waiting[] =>
  faults.flatMap((fault, index) =>
    (['when', 'until'] as const).flatMap((key) =>
      demandsOf(fault[key]).map((demand) => ({ index, key, path: ['faults', index, key, ...pathIn(demand)], demand })),
    ),
  );

/** The machine that a demand is about, as the file names it; undefined where it is about none. */
export const demandedTarget = (demand: Demand): string | undefined => ('target' in demand ? demand.target : undefined);
