import { labDoor } from '../host/lab-door.js';
import { labPaths } from '../host/lab-folder.js';
import type { LabSite } from '../providers/provider.js';
import { contentHash } from './content-hash.js';
import { type MachineInputs, madeFrom, shapeOf } from './lifecycle.js';

type Files = ReadonlyMap<string, Uint8Array>;

/** What is sent to a machine: its files, then its secrets when it has any; by the paths in their folders. */
const sourcesOf = (site: LabSite, machine: string): readonly Files[] => {
  const [files, secrets] = labPaths.sources(machine);
  const door = labDoor(site.folder);
  const own = door.contents(secrets);
  return [door.contents(files) ?? new Map(), ...(own === undefined ? [] : [own])];
};

/** All of it in one: a secret takes the place of a file of that path. */
export const filesFor = (site: LabSite, machine: string): Files =>
  new Map(sourcesOf(site, machine).flatMap((files) => [...files]));

/** What a machine would be made from and provisioned with now; its files are read only when they matter. */
export const inputsOf = async (site: LabSite, machine: string, withFiles: boolean): Promise<MachineInputs> => ({
  madeFrom: madeFrom(site.plan),
  shape: shapeOf(site.plan, machine),
  ...(withFiles ? { files: filesHash(sourcesOf(site, machine)) } : {}),
});

/** One hash over the names and contents of all files. */
const filesHash = (sources: readonly Files[]): string =>
  contentHash(
    sources
      .flatMap((files, index) => [...files].map(([path, content]) => `${index} ${contentHash(content)} ${path}`))
      .join('\n'),
  );
