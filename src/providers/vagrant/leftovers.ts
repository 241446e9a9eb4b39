import { basename, dirname, join, resolve } from 'node:path';
import { readIfAny } from '../../host/files.js';
import { labDoor } from '../../host/lab-door.js';
import { labPaths } from '../../host/lab-folder.js';
import type { LabSite } from '../provider.js';
import type { Domain, Hypervisor } from './hypervisors/hypervisor.js';
import { dotVagrant, machinesFolder, saidId, vagrantHome } from './places.js';
import { isInstalled } from './requirements.js';

/** The machines that Vagrant has in this folder, whatever lab.yaml says. */
export const vagrantMachines = async (folder: string, provider: string): Promise<Domain[]> => {
  const names = labDoor(folder).names(machinesFolder);
  const ids = names.map((name) => [name, saidId(folder, name, provider)] as const);
  return ids.flatMap(([name, id]) => (id === undefined ? [] : [{ id, name }]));
};

interface MachineIndex {
  readonly machines?: Readonly<Record<string, { readonly local_data_path?: string; readonly name?: string }>>;
}

const readIndex = async (): Promise<MachineIndex> => {
  try {
    return JSON.parse(
      (await readIfAny(join(vagrantHome(process.env), 'data', 'machine-index', 'index'))) ?? '{}',
    ) as MachineIndex;
  } catch {
    return {};
  }
};

/** Ids of machines that belong to other folders: their names may be like ours, since Vagrant uses the folder's last part. */
export const claimedElsewhere = async (site: LabSite, provider: string): Promise<ReadonlySet<string>> => {
  const own = labDoor(site.folder).shown(dotVagrant);
  const entries = Object.values((await readIndex()).machines ?? {});
  const paths = entries.map((entry) => entry.local_data_path).filter((path) => path !== undefined);
  const folders = [...new Set(paths.map((path) => resolve(path)))].filter((path) => path !== own);
  // What somebody did to one of them is no reason to leave the others unseen.
  const found = await Promise.all(folders.map((path) => vagrantMachines(dirname(path), provider).catch(() => [])));
  return new Set(found.flat().map(({ id }) => id));
};

/** Whether Vagrant has made machines for this user in this folder: it wrote so outside of it. */
export const hasRunIn = async (folder: string): Promise<boolean> => {
  const own = labDoor(folder).shown(dotVagrant);
  return Object.values((await readIndex()).machines ?? {}).some(({ local_data_path: path }) => path === own);
};

/** The longest between the moment that a clone is begun and the one when Vagrant writes down that it is its own. */
const unclaimedMs = 60_000;

/** A clone that was begun since this lab is there and that no Vagrant took on: whoever made it was killed. */
const isStray = (begunMs: number | undefined, sinceMs: number): boolean =>
  begunMs !== undefined && begunMs >= sinceMs && begunMs < Date.now() - unclaimedMs;

/** Machines of the hypervisor that are this lab's and nobody else's, though Vagrant forgot them or never knew. */
export const orphans = async (site: LabSite, hypervisor: Hypervisor): Promise<Domain[]> => {
  if (!(await isInstalled(hypervisor))) return [];
  const { provider, nameOf, begunMs } = hypervisor;
  const claimed = await claimedElsewhere(site, provider);
  const known = new Set((await vagrantMachines(site.folder, provider)).map(({ id }) => id));
  const planned = site.plan.machines.map(({ name }) => name);
  const machines = new Set([...planned, ...labDoor(site.folder).names(machinesFolder)]);
  const names = [...machines].map((machine) => nameOf(basename(site.folder), machine));
  const sinceMs = bornMs(site);
  const isOurs = (name: string) => names.some((one) => one.test(name)) || isStray(begunMs(name), sinceMs);
  return (await hypervisor.domains()).filter(({ id, name }) => isOurs(name) && !claimed.has(id) && !known.has(id));
};

/** When the lab got its id, the first thing that it gets. */
const bornMs = ({ folder }: LabSite): number => labDoor(folder).stats(labPaths.id)?.mtimeMs ?? Number.POSITIVE_INFINITY;

/** Whatever of the lab is still on the computer, a line each. */
export const leftoversOf = async (
  site: LabSite,
  hypervisor: Hypervisor,
  sockets: readonly string[],
): Promise<string[]> => {
  const known = await vagrantMachines(site.folder, hypervisor.provider);
  const door = labDoor(site.folder);
  return [
    ...known.map(({ id, name }) => `machine ${name} (${id})`),
    ...(await orphans(site, hypervisor)).map(({ id, name }) => `machine ${name} (${id}) of ${hypervisor.title}`),
    ...sockets.map((path) => `connection ${path}`),
    ...(door.exists(dotVagrant) ? [`folder ${door.shown(dotVagrant)}`] : []),
  ];
};
