import { type AddressClaim, addressClaims, claimAddresses } from '../../host/lab-addresses.js';
import { isLocked, withLock } from '../../host/lock.js';
import { boundMachines } from '../../host/own-machines.js';
import { InputError } from '../../model/errors.js';
import type { Plan } from '../../model/plan.js';
import type { LabSite } from '../provider.js';
import type { Hypervisor } from './hypervisors/hypervisor.js';
import { hypervisorOf } from './hypervisors/hypervisors.js';

const addressesOf = ({ network, machines }: Plan): readonly string[] => [
  network.vip,
  ...machines.map(({ address }) => address),
];

/** Whether a lab is being brought up, or has a machine that runs: one whose machines are all off is in nobody's way. */
const isInUse = async ({ id }: AddressClaim, { state }: Hypervisor): Promise<boolean> => {
  if (await isLocked(`lab-${id}`)) return true;
  const states = (await boundMachines(id)).map((machine) => state(machine).catch(() => 'absent'));
  return (await Promise.all(states)).some((one) => one === 'running' || one === 'paused');
};

const taken = (address: string, { folder }: AddressClaim): InputError =>
  new InputError(`${address} belongs to the lab in ${folder}, whose machines run on this computer.`, {
    hint: 'Run quintet halt (or destroy) there; or give this lab a network of its own in lab.yaml (network.subnet), then quintet generate.',
  });

/**
 * Virtual machines of all labs are in one network with this computer, and with each other where their subnets are the same. Throws
 * an InputError where one of the lab's addresses is another one's that runs; else they are this lab's from now on.
 */
export const requireOwnAddresses = (
  { id, folder, plan }: LabSite,
  { provider }: Hypervisor,
  hypervisorBy = hypervisorOf,
): Promise<void> =>
  withLock('vagrant-addresses', { wait: true }, async () => {
    const own = addressesOf(plan);
    for (const claim of await addressClaims()) {
      const shared = claim.id === id ? undefined : claim.addresses.find((address) => own.includes(address));
      if (shared !== undefined && (await isInUse(claim, hypervisorBy(claim.provider)))) throw taken(shared, claim);
    }
    await claimAddresses({ id, folder, provider, addresses: own });
  });
