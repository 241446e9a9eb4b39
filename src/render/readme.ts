import type { Connection, Plan } from '../model/plan.js';
import { traitsOf } from '../model/provider-traits.js';
import { roleNamed } from '../roles/roles.js';

/** The lab's README.md: what it is, where everything is, how to use it with Quintet and with Vagrant alone. */
export const readme = (plan: Plan, guide?: string): string =>
  `${[
    `# ${inline(plan.title)}`,
    introduction(plan),
    `![The machines of the lab and who talks to whom](topology.svg)`,
    '## Machines',
    machinesTable(plan),
    `The virtual IP **${plan.network.vip}** is held by one load balancer at a time; the site is \`https://${plan.network.siteName}/\` there.`,
    '## Who may talk to whom',
    'Everything that is not in this table is refused by the firewall of the machine it would go to.',
    connectionsTable(plan),
    '## When a load balancer dies',
    failover(plan),
    ...cluster(plan),
    ...replica(plan),
    '## Run it',
    runIt(plan),
    ...(guide === undefined ? [] : [shifted(guide)]),
    '## What is where',
    whatIsWhere(plan),
  ].join('\n\n')}\n`;

/** Text that means nothing to Markdown or HTML. */
const inline = (text: string): string =>
  text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_{}[\]<>#|&!]/g, (character) => `&#${character.charCodeAt(0)};`);

const code = (text: string): string => `\`${text.replaceAll(/[`\s]+/g, ' ')}\``;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const introduction = (plan: Plan): string =>
  `${plan.machines.length} servers on one private network (${plan.network.subnet}) with one floating address. Made by Quintet from [lab.yaml](lab.yaml), the only file here that is yours to decide in; everything else follows from it.`;

const machinesTable = (plan: Plan): string =>
  table(
    ['machine', 'role', 'runs', 'address', 'memory'],
    plan.machines.map((machine) => [
      `**${machine.name}**`,
      machine.roles.map((role) => roleNamed(role).words).join(', '),
      machine.roles.map((role) => roleNamed(role).software(plan)).join(', '),
      code(machine.address),
      `${machine.memoryMb} MiB`,
    ]),
  );

const connectionsTable = (plan: Plan): string =>
  table(
    ['from', 'to', 'by', 'what for'],
    plan.connections.map((row) => [
      row.from,
      row.address === plan.network.vip ? `the virtual IP (on ${row.to})` : row.to,
      bearer(row),
      row.purpose,
    ]),
  );

const bearer = ({ protocol, port }: Connection): string =>
  protocol === 'vrrp' ? 'VRRP (IP protocol 112)' : `${protocol} ${port}`;

const failover = ({ vrrp }: Plan): string => {
  const [first] = vrrp.routers;
  if (!first || vrrp.routers.length < 2) {
    return 'This lab has one load balancer only: when it dies, the site is down.';
  }
  const back = vrrp.preempt
    ? `When **${first.machine}** returns it takes the virtual IP back after ${vrrp.preemptDelayS} s.`
    : 'Whoever holds the virtual IP keeps it when the other one returns.';
  return [
    `The load balancers tell one another every ${vrrp.advertMs} ms that they are alive (VRRP v3). One that falls silent (power cut, cable pulled) is replaced after at most ${Math.round(vrrp.masterDownMs)} ms; one that can still say goodbye is replaced after about ${Math.max(1, Math.round(vrrp.skewMs))} ms. ${back}`,
    honesty(),
  ].join('\n\n');
};

/** What a cluster of databases does without one of its machines, and what it needs to begin. */
const cluster = ({ database, machines }: Plan): readonly string[] => {
  if (database.cluster === undefined) return [];
  const count = machines.filter(({ roles }) => roles.includes('database')).length;
  const spare = (count - 1) / 2;
  return [
    '## When a database dies',
    `The ${count} databases are one cluster (Galera): a write is on all of them before it is acknowledged, and any of them takes reads and writes. When one falls silent the others agree within ${database.cluster.downMs} ms who is left, and go on as long as they are a majority: ${spare === 1 ? 'one' : spare} may be lost. With fewer they refuse every write, in clear words, rather than have two truths; when a majority is back they go on by themselves, also after a power cut of all.`,
    'None of them can know alone who has the last writes, so none begins the cluster: `quintet up` asks all of them and does (after `quintet halt` too). With `vagrant up` alone the machines come up and wait for it. `quintet status` says how the cluster is.',
  ];
};

/** What becomes of writes when one of the two databases is gone, and who decides about it. */
const replica = ({ database, machines }: Plan): readonly string[] => {
  if (database.replica === undefined) return [];
  const [first, second] = machines.filter(({ roles }) => roles.includes('database')).map(({ name }) => name);
  return [
    '## When a database dies',
    `**${first}** takes writes at first (the source), and **${second}** has each of them before it is acknowledged (the replica). When the replica falls silent a write waits for at most ${database.replica.semiSyncMs} ms; then the source goes on alone, and what is written is on one machine. When the source falls silent nobody takes writes until \`quintet promote MACHINE\` puts the replica in its place; it refuses where nobody can know that the replica has everything.`,
    'No machine decides that by itself, for none can tell a dead partner from one that it does not hear. Whoever starts takes no writes: a source that was merely restarted takes them again when its replica follows it still, and one that was replaced is made the replica by `quintet up`. With `vagrant up` alone the machines come up and wait for it. `quintet status` says how the two are.',
  ];
};

const honesty = (): string =>
  'A pair at the entry removes one single point of failure. A role that only one machine in the table above has is still one: when that machine is down, what it does is down.';

const runIt = (plan: Plan): string =>
  traitsOf(plan).madeBy === 'quintet'
    ? `${withQuintet}\n\n${containersOnly}`
    : `${withVagrant(plan)}\n\n${withQuintet}`;

const withQuintet = `With Quintet, in this folder:

\`\`\`sh
quintet up              # bring the machines up
quintet status          # what runs, and who holds the virtual IP
quintet open            # the site at an address of this computer
quintet ssh lb1         # a shell in a machine; leave it with exit
quintet exec web -- nginx -T
quintet verify          # check everything, break things on purpose, give a verdict
quintet destroy         # remove the machines; this folder stays
\`\`\`

\`quintet verify\` writes its evidence to \`reports/\`. Exit code 0 is a pass, 1 a fail, 4 means that Quintet could not find out.`;

const containersOnly =
  'This lab uses containers on Linux (`provider: container` in lab.yaml), so its addresses exist only inside the lab. For virtual machines set `provider: virtualbox`, run `quintet generate`, and `vagrant up` works in this folder.';

const withVagrant = (plan: Plan): string => {
  const entry = plan.machines.find((machine) => machine.roles.includes('load-balancer')) ?? plan.machines[0];
  const name = entry?.name ?? 'lb1';
  return `With Vagrant alone, in this folder (it holds keys in \`.quintet/\`, so take the folder as a whole):

\`\`\`sh
vagrant up              # bring the machines up
vagrant ssh ${name}${' '.repeat(Math.max(1, 13 - name.length))}# a shell in a machine; leave it with exit
curl --cacert .quintet/ca/ca.crt --resolve ${plan.network.siteName}:${plan.ports.https}:${plan.network.vip} https://${plan.network.siteName}:${plan.ports.https}/
vagrant destroy -f      # remove the machines; this folder stays
\`\`\`

On Windows write \`curl.exe --ssl-no-revoke\` for \`curl\`.`;
};

/** The exercise's own headings one level down, so that this page keeps one title; code blocks stay as they are. */
const shifted = (guide: string): string => {
  let fenced = false;
  return guide
    .trim()
    .split('\n')
    .map((line) => {
      if (/^\s*(```|~~~)/.test(line)) fenced = !fenced;
      return !fenced && /^#{1,5} /.test(line) ? `#${line}` : line;
    })
    .join('\n');
};

const whatIsWhere = (plan: Plan): string =>
  [
    '- `lab.yaml`: your choices. Change it, then `quintet generate` (or `quintet up`, which does that as well).',
    `- \`machines/<machine>/\`: exactly what goes to that machine: \`provision.sh\` and its configuration as a file tree, e.g. \`machines/${plan.machines[0]?.name ?? 'lb1'}/etc/\`. You may edit it; \`quintet generate\` never overwrites that silently.`,
    '- `Vagrantfile`: plain Vagrant.',
    '- `.quintet/`: keys, passwords and state, for your eyes only; git ignores it. The lab’s own certificate authority is `.quintet/ca/ca.crt`.',
    '- `reports/`: what `quintet verify` found.',
  ].join('\n');
