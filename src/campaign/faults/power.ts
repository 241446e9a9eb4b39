import type { FaultRow } from './fault-row.js';
import { undoInMemory, undoLasting } from './in-machine.js';

export const powerCut: FaultRow = {
  impossible: ({ plan, provider: { faults } }) =>
    faults.cutPower && faults.restorePower ? undefined : `the ${plan.provider} provider can't cut the power`,
  make: async ({ provider }, { machine }) => {
    await provider.faults.cutPower?.(machine);
    return undefined;
  },
  undo: (ground, open) => undoLasting(ground, open, async () => ground.provider.faults.restorePower?.(open.machine)),
};

/** The machine stands still as a whole, as when its hypervisor saves it, and then goes on as if nothing had been. */
export const machinePaused: FaultRow = {
  impossible: ({ plan, provider: { faults } }) =>
    faults.pause && faults.resume ? undefined : `the ${plan.provider} provider can't pause a machine`,
  make: async ({ provider }, { machine }) => {
    await provider.faults.pause?.(machine);
    return undefined;
  },
  undo: (ground, open) => undoInMemory(ground, open, async () => ground.provider.faults.resume?.(open.machine)),
};
