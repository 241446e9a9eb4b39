import type { Lab, Role } from '../model/lab.js';
import { anyone, type Connection, type PlannedMachine, vantageName } from '../model/plan.js';

interface Rule {
  readonly from: Role | typeof vantageName | typeof anyone;
  readonly to: Role;
  readonly at?: 'vip';
  readonly port: keyof Lab['ports'];
  readonly purpose: string;
}

/** Who may open a connection to what, by role. Roles compose: what two machines do follows from these rows alone. */
const rules: readonly Rule[] = [
  { from: anyone, to: 'load-balancer', at: 'vip', port: 'http', purpose: 'redirect to https' },
  { from: anyone, to: 'load-balancer', at: 'vip', port: 'https', purpose: 'the site' },
  { from: vantageName, to: 'load-balancer', port: 'stats', purpose: 'HAProxy statistics and metrics' },
  { from: 'load-balancer', to: 'web', port: 'web', purpose: 'traffic and health checks, TLS with PROXY protocol' },
  { from: 'web', to: 'app', port: 'app', purpose: 'dynamic requests' },
  { from: 'app', to: 'database', port: 'database', purpose: 'queries, over TLS' },
];

/** The connection matrix of a lab: every row that is allowed; whatever is missing is refused. */
export const connections = (
  machines: readonly PlannedMachine[],
  ports: Lab['ports'],
  vip: string,
): readonly Connection[] => {
  const having = (role: string) => machines.filter((machine) => machine.roles.some((own) => own === role));
  const sources = (from: Rule['from']) =>
    from === anyone || from === vantageName ? [from] : having(from).map((machine) => machine.name);
  const allowed = rules.flatMap((rule) =>
    sources(rule.from).flatMap((from) =>
      having(rule.to)
        .filter((to) => to.name !== from)
        .map(
          (to): Connection => ({
            from,
            to: to.name,
            address: rule.at === 'vip' ? vip : to.address,
            protocol: 'tcp',
            port: ports[rule.port],
            purpose: rule.purpose,
          }),
        ),
    ),
  );
  return [...allowed, ...adverts(having('load-balancer'))];
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
