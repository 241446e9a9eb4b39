import type { FaultRow } from './fault-row.js';
import { undoLasting } from './in-machine.js';

export const powerCut: FaultRow = {
  impossible: ({ plan, provider: { faults } }) =>
    faults.cutPower && faults.restorePower ? undefined : `the ${plan.provider} provider can't cut the power`,
  make: async ({ provider }, { machine }) => {
    await provider.faults.cutPower?.(machine);
    return undefined;
  },
  undo: (ground, open) => undoLasting(ground, open, async () => ground.provider.faults.restorePower?.(open.machine)),
};
