import { MachineError } from '../../model/errors.js';
import { RefusedSwitch, switchTo } from '../turns.js';
import type { FaultRow } from './fault-row.js';
import { machineOf } from './in-machine.js';

/** Not a fault but an order: it is over at once, and nobody undoes it. One that is refused is an answer, and no trouble. */
export const switched: FaultRow = {
  impossible: (ground, open) =>
    machineOf(ground, open).takesTurns
      ? undefined
      : `${open.machine} does not take turns with another application server`,
  make: async (ground, { machine }) => {
    try {
      const { undrained } = await switchTo(ground, machine);
      if (undrained === undefined) return { answer: 'accepted' };
      throw new MachineError(machine, `${undrained.server} still has requests under way.`);
    } catch (error) {
      if (error instanceof RefusedSwitch) return { answer: 'refused', why: error.message };
      throw error;
    }
  },
  undo: async () => undefined,
};
