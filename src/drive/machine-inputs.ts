import { atMost, labDoor } from '../host/lab-door.js';
import { labPaths } from '../host/lab-folder.js';
import { InputError } from '../model/errors.js';
import type { LabSite } from '../providers/provider.js';
import { contentHash } from './content-hash.js';
import { type MachineInputs, madeFrom, shapeOf } from './lifecycle.js';

type Files = ReadonlyMap<string, Uint8Array>;

/** What is sent to a machine: its files, then its secrets when it has any; by the paths in their folders. */
const sourcesOf = (site: LabSite, machine: string): readonly Files[] => {
  const [files, secrets] = labPaths.sources(machine);
  const door = labDoor(site.folder);
  const own = door.contents(secrets);
  const source = applicationOf(site, machine);
  return [door.contents(files) ?? new Map(), ...(own === undefined ? [] : [own]), ...(source ? [source] : [])];
};

/** What no application needs to run: a history, and links to what lies beside them anyway. */
const passedOver = ['.git', '.bin'];

/** The user's own application, where the machine is to run it. */
const applicationOf = ({ folder, plan }: LabSite, machine: string): Files | undefined => {
  const { source } = plan.app;
  const runsIt = plan.machines.some(({ name, roles }) => name === machine && roles.includes('app'));
  if (source === undefined || !runsIt) return undefined;
  const door = labDoor(folder);
  const files = door.contents(source, { most: atMost.application, without: passedOver });
  if (files === undefined || files.size === 0) {
    throw new InputError(`${door.shown(source)} ${files ? 'is empty' : 'is not there'}.`, {
      hint: 'app.source in lab.yaml names the folder of your application, in the lab folder.',
    });
  }
  return new Map([...files].map(([path, content]) => [`app-source/${path}`, content]));
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
