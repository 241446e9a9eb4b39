import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { exists, namesIn, readIfAny } from '../../host/files.js';
import type { LabSite } from '../provider.js';
import type { Domain, Hypervisor } from './hypervisors.js';
import { dotVagrant, idOf, machinesFolder } from './places.js';
import { isInstalled } from './requirements.js';

/** The machines that Vagrant has in this folder, whatever lab.yaml says. */
export const vagrantMachines = async (folder: string, provider: string): Promise<Domain[]> => {
  const names = await namesIn(machinesFolder(folder));
  const ids = await Promise.all(names.map(async (name) => [name, await idOf(folder, name, provider)] as const));
  return ids.flatMap(([name, id]) => (id === undefined ? [] : [{ id, name }]));
};

interface MachineIndex {
  readonly machines?: Readonly<Record<string, { readonly local_data_path?: string; readonly name?: string }>>;
}

const vagrantHome = (): string => process.env.VAGRANT_HOME ?? join(homedir(), '.vagrant.d');

const readIndex = async (): Promise<MachineIndex> => {
  try {
    return JSON.parse((await readIfAny(join(vagrantHome(), 'data', 'machine-index', 'index'))) ?? '{}') as MachineIndex;
  } catch {
    return {};
  }
};

/** Ids of machines that belong to other folders: their names may be like ours, since Vagrant uses the folder's last part. */
const claimedElsewhere = async (site: LabSite, provider: string): Promise<ReadonlySet<string>> => {
  const own = resolve(dotVagrant(site.folder));
  const entries = Object.values((await readIndex()).machines ?? {});
  const paths = entries.map((entry) => entry.local_data_path).filter((path) => path !== undefined);
  const folders = [...new Set(paths.map((path) => resolve(path)))].filter((path) => path !== own);
  const found = await Promise.all(folders.map((path) => vagrantMachines(join(path, '..'), provider)));
  return new Set(found.flat().map(({ id }) => id));
};

/** Machines of the hypervisor that are this lab's by their name and nobody else's, though Vagrant forgot them. */
export const orphans = async (site: LabSite, hypervisor: Hypervisor): Promise<Domain[]> => {
  if (!(await isInstalled(hypervisor))) return [];
  const known = await vagrantMachines(site.folder, hypervisor.provider);
  const claimed = await claimedElsewhere(site, hypervisor.provider);
  const machines = new Set([
    ...site.plan.machines.map(({ name }) => name),
    ...(await namesIn(machinesFolder(site.folder))),
  ]);
  const names = [...machines].map((machine) => hypervisor.nameOf(basename(site.folder), machine));
  const ours = (await hypervisor.domains()).filter(({ name }) => names.some((pattern) => pattern.test(name)));
  return ours.filter(({ id }) => !claimed.has(id) && !known.some((one) => one.id === id));
};

/** Whatever of the lab is still on the computer, a line each. */
export const leftoversOf = async (
  site: LabSite,
  hypervisor: Hypervisor,
  sockets: readonly string[],
): Promise<string[]> => {
  const known = await vagrantMachines(site.folder, hypervisor.provider);
  const folder = dotVagrant(site.folder);
  return [
    ...known.map(({ id, name }) => `machine ${name} (${id})`),
    ...(await orphans(site, hypervisor)).map(({ id, name }) => `machine ${name} (${id}) of ${hypervisor.title}`),
    ...sockets.map((path) => `connection ${path}`),
    ...((await exists(folder)) ? [`folder ${folder}`] : []),
  ];
};
