import { join } from 'node:path';
import { exists, filesBelow, readBytes } from '../host/files.js';
import { labPaths } from '../host/lab-folder.js';
import type { LabSite } from '../providers/provider.js';
import { contentHash } from './content-hash.js';
import { type MachineInputs, madeFrom, shapeOf } from './lifecycle.js';

/** The folders that are sent to a machine: its files and, when it has any, its secrets. */
export const sourcesOf = async (site: LabSite, machine: string): Promise<readonly string[]> => {
  const [files, secrets] = labPaths(site.folder).sources(machine);
  return (await exists(secrets)) ? [files, secrets] : [files];
};

/** What a machine would be made from and provisioned with now; its files are read only when they matter. */
export const inputsOf = async (site: LabSite, machine: string, withFiles: boolean): Promise<MachineInputs> => ({
  madeFrom: madeFrom(site.plan),
  shape: shapeOf(site.plan, machine),
  ...(withFiles ? { files: await filesHash(await sourcesOf(site, machine)) } : {}),
});

/** One hash over the names and contents of all files below some folders. */
const filesHash = async (folders: readonly string[]): Promise<string> => {
  const lines = await Promise.all(
    folders.map(async (folder, index) => {
      const paths = await filesBelow(folder);
      const hashes = await Promise.all(paths.map(async (path) => contentHash(await readBytes(join(folder, path)))));
      return paths.map((path, at) => `${index} ${hashes[at]} ${path}`);
    }),
  );
  return contentHash(lines.flat().join('\n'));
};
