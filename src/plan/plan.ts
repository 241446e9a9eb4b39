import type { Lab } from '../model/lab.js';
import type { Plan, PlannedMachine } from '../model/plan.js';
import { takesTurns } from '../roles/additional.js';
import { databaseRights } from '../roles/app.js';
import { isBackedUp } from '../roles/backup-account.js';
import { databaseOf } from '../roles/database-topology.js';
import { companionsIn, rolesOn } from '../roles/roles.js';
import { siteContract } from '../roles/site-contract.js';
import { addresses, subnetOf } from './addresses.js';
import { connections } from './connections.js';
import { labPace, vrrp } from './timers.js';

/** A machine's memory in MiB: what the user gave it, else by role. */
export const memoryMbOf = (machine: Pick<Lab['machines'][string], 'roles' | 'memoryMb'>): number =>
  machine.memoryMb ?? Math.max(...rolesOn(machine).map(({ memoryMb }) => memoryMb.usual));

/** Everything that follows from a lab that has passed its rules. */
export const planOf = (lab: Lab): Plan => {
  const subnet = subnetOf(lab.network.subnet);
  const given = addresses(lab);
  const beside = (machine: Lab['machines'][string]) => {
    const companions = companionsIn(Object.values(lab.machines), machine);
    return companions.length === 0 ? {} : { companions };
  };
  const machines = Object.entries(lab.machines).map(
    ([name, machine]): PlannedMachine => ({
      name,
      roles: machine.roles,
      ...beside(machine),
      address: given.machines.get(name) ?? '',
      memoryMb: memoryMbOf(machine),
      cores: machine.cores,
      ...(takesTurns(lab, machine) && { takesTurns: true as const }),
    }),
  );
  const database = databaseOf(lab, labPace(lab));
  const loadBalancers = machines.filter((machine) => machine.roles.includes('load-balancer'));
  return {
    name: lab.name,
    title: lab.title,
    provider: lab.provider,
    system: lab.system,
    box: lab.box,
    network: {
      subnet: lab.network.subnet,
      prefixLength: subnet.prefixLength,
      netmask: subnet.netmask,
      vip: given.vip,
      vantage: given.vantage,
      siteName: `www.${lab.network.domain}`,
      domain: lab.network.domain,
      siteNames: [`www.${lab.network.domain}`, lab.network.domain, 'localhost', given.vip, '127.0.0.1'],
    },
    machines,
    connections: connections({ machines, ports: lab.ports, database }, given.vip),
    vrrp: vrrp(
      lab,
      loadBalancers.map((machine) => machine.name),
    ),
    pace: labPace(lab),
    ports: lab.ports,
    app: lab.app,
    site: siteContract(lab.app),
    database,
    rights: databaseRights(lab.app),
    ...(isBackedUp({ machines }) ? { backup: lab.backup } : {}),
    verify: lab.verify,
  };
};
