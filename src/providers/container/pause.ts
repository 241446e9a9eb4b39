import type { LabSite } from '../provider.js';
import { firstProcess } from './enter.js';
import { freezeGroup, isFrozen, thawGroup } from './freezer.js';
import { groupName } from './names.js';
import { cableOf, setPort } from './network.js';

/**
 * A machine that its hypervisor stops for a while, as well as a container can be one. Its processes are frozen, but its
 * kernel is this computer's and would go on answering: ARP, pings, the handshakes of TCP. So its port of the bridge lets
 * nothing through meanwhile. The cable stays in, as it does on a virtual machine: a carrier that was lost would be news to
 * keepalived when it goes on. What remains different: the machine's clock goes on, so whatever was due is overdue when it
 * wakes; and packets sent to it are lost, where a virtual network card would keep the first few.
 */
export const pauseMachine = async (site: LabSite, machine: string): Promise<void> => {
  const group = groupName(site, machine);
  const init = await firstProcess(group);
  if (init === undefined) return;
  const plug = await cableOf(site, init);
  if (plug !== undefined) await setPort(site, plug, 'closed');
  await freezeGroup(group);
};

/** Lets it go on, whatever of its pausing was done. What arrives before it moves waits for it. */
export const resumeMachine = async (site: LabSite, machine: string): Promise<void> => {
  const group = groupName(site, machine);
  const init = await firstProcess(group);
  if (init === undefined) return;
  const plug = await cableOf(site, init);
  if (plug !== undefined) await setPort(site, plug, 'open');
  await thawGroup(group);
};

export const isPaused = (site: LabSite, machine: string): Promise<boolean> => isFrozen(groupName(site, machine));
