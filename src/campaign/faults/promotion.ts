import { makeWhole, PromotionRefused, promote } from '../promote.js';
import type { FaultAnswer, FaultGround, FaultRow, OpenFault } from './fault-row.js';
import { machineOf } from './in-machine.js';

/** Why a machine can't be promoted in such a lab. */
const noReplica = (ground: FaultGround, open: OpenFault): string | undefined => {
  if (ground.plan.database.replica === undefined) return 'the databases of this lab are no source and replica';
  return machineOf(ground, open).roles.includes('database') ? undefined : `${open.machine} is no database server`;
};

/** The replica takes the source's place; undone when the old source follows it. A promotion that was refused changed nothing. */
const promotion = (force: boolean): FaultRow => ({
  impossible: noReplica,
  make: async (ground, { machine }): Promise<FaultAnswer | undefined> => {
    try {
      await promote(ground, machine, force);
      return undefined;
    } catch (error) {
      if (error instanceof PromotionRefused) return { answer: 'refused', why: error.message };
      throw error;
    }
  },
  undo: (ground) => makeWhole(ground),
});

export const promoted = promotion(false);
export const promotedBlindly = promotion(true);
