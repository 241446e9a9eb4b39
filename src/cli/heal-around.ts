import { heal, readOpenFaults } from '../campaign/open-faults.js';
import { reasonOf } from '../model/errors.js';
import type { Emit } from '../model/events.js';
import type { LabSite, Provider } from '../providers/provider.js';

/** Undoes open faults as far as the machines let it. */
export const healIfPossible = async (site: LabSite, provider: Provider, emit: Emit): Promise<void> => {
  await heal(site, provider, emit).catch((error: unknown) => {
    emit({ type: 'note', text: `Not every fault could be undone (${reasonOf(error, '')}); once more afterwards.` });
  });
};

/**
 * Undoes open faults, then does the work that gives machines another disk. A fault that can't be undone is no reason to keep
 * the machine it broke: it is tried once more afterwards.
 */
export const healAround = async (
  site: LabSite,
  provider: Provider,
  emit: Emit,
  work: () => Promise<unknown>,
): Promise<void> => {
  await healIfPossible(site, provider, emit);
  await work();
  if ((await readOpenFaults(site.folder)).length > 0) await heal(site, provider, emit);
};
