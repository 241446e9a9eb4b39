import { homedir } from 'node:os';
import { join } from 'node:path';
import { readIfAny } from '../../host/files.js';
import { labPaths } from '../../host/lab-folder.js';
import type { LabSite } from '../provider.js';

/** Where Vagrant keeps boxes and what it knows of all folders. */
export const vagrantHome = (env: Readonly<Record<string, string | undefined>>): string =>
  env.VAGRANT_HOME ?? join(homedir(), '.vagrant.d');

/** Where Vagrant keeps what it knows of the lab's machines. */
export const dotVagrant = (folder: string): string => join(folder, '.vagrant');
export const machinesFolder = (folder: string): string => join(dotVagrant(folder), 'machines');
export const machineFolder = (folder: string, machine: string): string => join(machinesFolder(folder), machine);

const idFile = (folder: string, machine: string, provider: string): string =>
  join(machineFolder(folder, machine), provider, 'id');

/** The hypervisor's own id of a machine; undefined when Vagrant has none. */
export const idOf = async (folder: string, machine: string, provider: string): Promise<string | undefined> =>
  (await readIfAny(idFile(folder, machine, provider)))?.trim() || undefined;

/** The SSH configuration of a machine, as Vagrant told it when the machine was last started. */
export const sshConfigFile = (site: LabSite, machine: string): string =>
  join(labPaths(site.folder).own, 'ssh', `${machine}.conf`);
