import { InputError } from '../model/errors.js';
import { labDoor } from './lab-door.js';
import { labId, labPaths, writeLabFile } from './lab-folder.js';
import { bindLab, claimOn, ownerNow, ownerOf } from './lab-owners.js';

/**
 * A lab's id. It stays with a folder that was moved by its owner; a copy beside its original (`cp -r`), and whoever else says
 * an id that is another lab's, becomes a lab of its own, for else one of the two would read and remove the other's machines.
 * Nor does it keep the other's keys and passwords: `ensureSecrets` makes its own. `onCopy` is then told where the original lies.
 * An id that another user's lab had, and nobody has now, is refused with an InputError unless somebody vouches for the folder.
 */
export const ownLabId = async (
  folder: string,
  onCopy: (original: string) => void,
  trusted = false,
): Promise<string> => {
  const door = labDoor(folder);
  const place = door.text(labPaths.place)?.replace(/\n$/, '');
  const said = door.text(labPaths.id)?.trim();
  const claim = said !== undefined && isId(said) ? await claimOn(folder, said, place) : undefined;
  if (claim?.kind === 'claimed' && !trusted) throw claimed(door.shown(labPaths.id), claim.original);
  if (claim?.kind === 'copy') {
    forgetMachines(folder);
    onCopy(claim.original);
  }
  const id = await labId(folder);
  const here = (await ownerNow(folder)).folder;
  if (place !== here) await writeLabFile(folder, labPaths.place, `${here}\n`);
  // It was moved, or is believed now.
  if (claim?.kind === 'claimed' || (await ownerOf(id)) !== undefined) await bindLab(folder, id);
  return id;
};

const isId = (text: string): boolean => /^[0-9a-f]{8}$/.test(text);

const claimed = (file: string, original: string | undefined): InputError => {
  const whose =
    original === undefined ? 'of a lab whose owner is not known' : `of a lab that another user had in ${original}`;
  return new InputError(`${file} is the id ${whose}.`, {
    hint: 'Remove that file: the lab then gets an id, and machines, of its own. --trust takes that lab’s machines for this one’s.',
  });
};

/** All that was copied about the original's machines, and its secrets; the id last, so that a kill in between is mended the next time. */
const forgetMachines = (folder: string): void => {
  const door = labDoor(folder);
  const { state, snapshots, logs, lastUp, faults, ssh, id, secrets } = labPaths;
  for (const path of [state, snapshots, logs, lastUp, faults, ssh, ...secrets, '.vagrant', id]) door.remove(path);
};
