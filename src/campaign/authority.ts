import { labDoor } from '../host/lab-door.js';
import { labPaths } from '../host/lab-folder.js';
import { ComputerError } from '../model/errors.js';
import type { LabSite } from '../providers/provider.js';

/** The certificate of a lab's own authority, PEM. */
export const authorityOf = async (site: Pick<LabSite, 'folder'>): Promise<string> => {
  const door = labDoor(site.folder);
  const ca = door.text(labPaths.authority);
  if (ca !== undefined) return ca;
  throw new ComputerError(`The lab's certificate authority is missing: ${door.shown(labPaths.authority)}`, {
    hint: 'quintet generate makes it.',
  });
};
