import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfAny, removeTree, writeFileAtomic } from './files.js';
import { labId, labPaths } from './lab-folder.js';

/**
 * A lab's id. It stays with a folder that was moved; a copy beside its original (`cp -r`) becomes a lab of its own, for
 * else one of the two would remove the other's machines. Nor does it keep the other's keys and passwords: `ensureSecrets` makes
 * its own. `onCopy` is then told where the original lies.
 */
export const ownLabId = async (folder: string, onCopy: (original: string) => void): Promise<string> => {
  const { place } = labPaths(folder);
  const here = await realpath(folder);
  const known = (await readIfAny(place))?.replace(/\n$/, '');
  if (known !== undefined && known !== here && (await isCopyOf(known, folder))) {
    await forgetMachines(folder);
    onCopy(known);
  }
  const id = await labId(folder);
  if (known !== here) await writeFileAtomic(place, `${here}\n`, 0o600);
  return id;
};

/** Whether the lab that both come from still lies there, and is not this very folder under another name. */
const isCopyOf = async (original: string, folder: string): Promise<boolean> => {
  const [there, here] = [labPaths(original).id, labPaths(folder).id];
  const [theirs, ours] = await Promise.all([readIfAny(there).catch(() => undefined), readIfAny(here)]);
  if (theirs === undefined || theirs !== ours) return false;
  // Windows' file numbers have more digits than a JavaScript number holds.
  const [one, other] = await Promise.all([stat(there, { bigint: true }), stat(here, { bigint: true })]);
  return one.ino !== other.ino || one.dev !== other.dev;
};

/** All that was copied about the original's machines, and its secrets; the id last, so that a kill in between is mended the next time. */
const forgetMachines = async (folder: string): Promise<void> => {
  const { state, snapshots, logs, id, lastUp, own } = labPaths(folder);
  const others = ['faults.json', 'ssh', 'ca', 'machines'].map((name) => join(own, name));
  for (const path of [state, snapshots, logs, lastUp, ...others, join(folder, '.vagrant'), id]) {
    await removeTree(path);
  }
};
