import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { planOf } from '../../src/plan/plan.js';
import type { LabSite } from '../../src/providers/provider.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { temporaryFolder } from './temporary.js';

export interface SiteOnDisk {
  readonly site: LabSite;
  /** Stands for the computer that the dummy's machines run on. */
  readonly root: string;
  /** Writes a file of the lab folder. */
  write(path: string, text: string): Promise<void>;
}

/** A lab folder of a few machines with files and a secret each, for drives with the dummy provider. */
export const siteWith = async (
  t: ExecutionContext,
  machines: readonly string[],
  lab: object = {},
): Promise<SiteOnDisk> => {
  const base = await temporaryFolder(t);
  const folder = join(base, 'lab');
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  for (const machine of machines) {
    await write(`machines/${machine}/provision.sh`, `echo ${machine}\n`);
    await write(`.quintet/machines/${machine}/etc/quintet/secret`, `secret of ${machine}\n`);
  }
  const entries = machines.map((machine) => [machine, { roles: ['web'] }]);
  const plan = planOf(labSchema.parse({ machines: Object.fromEntries(entries), ...lab }));
  return { site: { folder, id: '00c0ffee', plan }, root: join(base, 'computer'), write };
};
