import type { Ports } from '../model/lab.js';
import { anyone, type Connection, type Plan, type PlannedMachine, vantageName } from '../model/plan.js';
import type { Visit } from '../model/role.js';
import { companions, roles } from '../roles/roles.js';

/** The connection matrix of a lab: every row that is allowed; whatever is missing is refused. */
export const connections = (
  { machines, ports, database }: Pick<Plan, 'machines' | 'ports' | 'database'>,
  vip: string,
): readonly Connection[] => {
  const having = (role: string) => machines.filter((machine) => machine.roles.includes(role));
  const sources = (from: Visit['from']) =>
    from === anyone || from === vantageName ? [from] : having(from).map((machine) => machine.name);
  const beside = (companion: string) => machines.filter((machine) => machine.companions?.includes(companion));
  const hosts = [
    ...roles.map(({ name, visits }) => ({ visits, on: having(name) })),
    ...companions.map(({ name, visits }) => ({ visits, on: beside(name) })),
  ];
  const allowed = hosts.flatMap(({ visits, on }) =>
    visitsIn(visits, database).flatMap((visit) =>
      sources(visit.from).flatMap((from) =>
        on
          .filter((to) => to.name !== from)
          .map(
            (to): Connection => ({
              from,
              to: to.name,
              address: visit.at === 'vip' ? vip : to.address,
              protocol: 'tcp',
              port: portCalled(visit.port, ports),
              purpose: visit.purpose,
              ...(visit.sometimes ? { sometimes: true } : {}),
            }),
          ),
      ),
    ),
  );
  return [...allowed, ...adverts(having('load-balancer'))];
};

const visitsIn = (visits: readonly Visit[], database: Plan['database']) =>
  visits.filter(({ when }) => when?.({ database }) ?? true);

const portCalled = (name: string, ports: Ports): number => {
  const port = ports[name];
  if (port === undefined) throw new Error(`no role listens on a port called ${name}`);
  return port;
};

/** VRRP adverts, unicast, between every two load balancers. */
const adverts = (routers: readonly PlannedMachine[]): Connection[] =>
  routers.flatMap((from) =>
    routers
      .filter((to) => to.name !== from.name)
      .map((to) => ({
        from: from.name,
        to: to.name,
        address: to.address,
        protocol: 'vrrp' as const,
        purpose: 'VRRP adverts',
      })),
  );
