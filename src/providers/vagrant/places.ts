import { homedir } from 'node:os';
import { join } from 'node:path';
import { labDoor } from '../../host/lab-door.js';
import { labPaths } from '../../host/lab-folder.js';

/** Where Vagrant keeps boxes and what it knows of all folders. */
export const vagrantHome = (env: Readonly<Record<string, string | undefined>>): string =>
  env.VAGRANT_HOME ?? join(homedir(), '.vagrant.d');

/** Where Vagrant keeps what it knows of the lab's machines, as paths in the lab folder. */
export const dotVagrant = '.vagrant';
export const machinesFolder = `${dotVagrant}/machines`;
export const machineFolder = (machine: string): string => `${machinesFolder}/${machine}`;

/** The hypervisor's own id of a machine, as the folder says it; undefined when it says none. */
export const saidId = (folder: string, machine: string, provider: string): string | undefined =>
  labDoor(folder)
    .text(`${machineFolder(machine)}/${provider}/id`)
    ?.trim() || undefined;

/** How a machine is reached by SSH, as Vagrant told it when the machine was last started; a path in the lab folder. */
export const sshConfigFile = (machine: string): string => `${labPaths.ssh}/${machine}.json`;
