import { basename } from 'node:path';
import { bindMachine, machineIdOf } from '../../host/own-machines.js';
import { InputError } from '../../model/errors.js';
import type { LabSite } from '../provider.js';
import type { Hypervisor } from './hypervisors/hypervisor.js';
import { claimedElsewhere } from './leftovers.js';
import { machineFolder, saidId } from './places.js';

/** What hypervisors number machines by. */
const isId = (text: string): boolean => /^[0-9a-f][0-9a-f-]{1,63}$/i.test(text);

const notOurs = (machine: string, id: string): InputError =>
  new InputError(`${machineFolder(machine)} names a machine that this lab did not make: ${JSON.stringify(id)}.`, {
    hint: `Remove ${machineFolder(machine)} from the lab folder, then quintet up makes ${machine}. --trust takes that machine for this lab’s.`,
  });

/** Called as Vagrant calls a machine of this folder (or not called anything yet), and no other folder's. */
const looksOwn = async (site: LabSite, hypervisor: Hypervisor, machine: string, id: string): Promise<boolean> => {
  const name = await hypervisor.nameOfId(id);
  if (name === undefined) return true;
  const isNamedSo = hypervisor.nameOf(basename(site.folder), machine).test(name);
  if (!isNamedSo && hypervisor.begunMs(name) === undefined) return false;
  return !(await claimedElsewhere(site, hypervisor.provider)).has(id);
};

/** The machines that this process has looked at, by lab, name and id. */
const believed = new Set<string>();

/**
 * The hypervisor's id of a machine; undefined when Vagrant has none. The lab folder says it, and it could say that of any
 * machine of this computer: it is believed of what was found to be this lab's own, now or once. Throws an InputError else.
 */
export const idOf = async (site: LabSite, hypervisor: Hypervisor, machine: string): Promise<string | undefined> => {
  const id = saidId(site.folder, machine, hypervisor.provider);
  if (id === undefined) return undefined;
  const key = `${site.id} ${machine} ${id}`;
  if (believed.has(key)) return id;
  if (!isId(id)) throw notOurs(machine, id);
  if ((await machineIdOf(site.id, machine)) !== id) {
    if (!site.trusted && !(await looksOwn(site, hypervisor, machine, id))) throw notOurs(machine, id);
    await bindMachine(site.id, machine, id);
  }
  believed.add(key);
  return id;
};
