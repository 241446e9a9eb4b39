import { bring } from '../drive/bring.js';
import { provisionedName } from '../drive/snapshots.js';
import { labPaths, writeLabFile } from '../host/lab-folder.js';
import { bindLab } from '../host/lab-owners.js';
import type { Context } from './context.js';
import { generateLab } from './generate-lab.js';
import { type OpenedLab, requireMachines } from './open-lab.js';
import { prepareComputer } from './prepare-computer.js';
import { providerOf } from './providers.js';
import { chosen, locked, showing } from './work.js';

export interface BringUpOptions {
  /** Provision even what has not changed. */
  readonly again?: boolean;
  readonly force?: boolean;
}

/** Brings machines up from current files, with what this computer lacks installed first where that was allowed. */
export const bringUp = async (
  context: Context,
  opened: OpenedLab,
  machines: readonly string[],
  { again = false, force = false }: BringUpOptions = {},
): Promise<void> => {
  requireMachines(opened.plan, machines);
  const provider = await providerOf(opened.site);
  await prepareComputer(context, opened.plan);
  const { signal } = context;
  await locked(context, opened, async () => {
    await bindLab(opened.folder, opened.site.id);
    await writeLabFile(opened.folder, labPaths.lastUp, opened.text);
    await generateLab(context, opened, { force });
    await opened.site.vouch?.();
    await showing(context, chosen(opened.plan, machines), (emit) =>
      bring(opened.site, provider, 'provisioned', machines, emit, { signal, again, saveAs: provisionedName }),
    );
  });
};
