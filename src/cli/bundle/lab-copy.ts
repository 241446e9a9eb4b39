import { ensureDir } from '../../host/files.js';
import { atMost, type LabDoor, labDoor } from '../../host/lab-door.js';
import { labPaths } from '../../host/lab-folder.js';
import { bundleKind } from './kind.js';

/** Secrets and state of Quintet, of Vagrant and of git, wherever they lie in a lab folder. */
const neverTaken = new Set(['.quintet', '.vagrant', '.git']);

const isTaken = (door: LabDoor, path: string): boolean => {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (neverTaken.has(name) || name.startsWith('.quintet-new-') || name.includes(bundleKind.prefix)) return false;
  if (path === labPaths.reports) return false;
  // A bundle that was written into the lab folder.
  return door.kind(path) !== 'folder' || !door.exists(`${path}/${bundleKind.marker}`);
};

/**
 * Copies a lab folder without secrets, state and reports. Whatever is no plain file is left out: a link may lead to any of
 * these. The paths of what was left out are returned.
 */
export const copyLab = async (from: string, to: string): Promise<string[]> => {
  await ensureDir(to);
  const [source, target] = [labDoor(from), labDoor(to)];
  const left: string[] = [];
  const copy = async (path: string): Promise<void> => {
    const kind = source.kind(path);
    if (kind === 'folder') {
      target.makeFolder(path);
      for (const name of source.names(path)) await copyPart(`${path}/${name}`);
    } else if (kind === 'file') {
      const read = source.read(path, { most: atMost.sent });
      if (read !== undefined) await target.write(path, read.content, read.mode);
    } else if (kind !== undefined) left.push(source.shown(path));
  };
  const copyPart = async (path: string): Promise<void> => {
    if (isTaken(source, path)) await copy(path);
  };
  for (const name of source.names('')) await copyPart(name);
  return left;
};
