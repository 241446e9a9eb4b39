import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { stringify } from 'yaml';
import { found, passes } from '../rig/findings.js';
import { needs } from '../rig/needs.js';
import { quintet, words } from '../rig/quintet.js';
import { temporaryRoom } from '../rig/temporary.js';

/** Labs of other shapes than the default one: any number of machines for each role, on any machines. */

const room = await temporaryRoom();
const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip');

interface Shape {
  readonly title: string;
  readonly machines: Readonly<Record<string, readonly string[]>>;
  readonly scenarios: readonly string[];
  /** What the report must name as single points of failure, and nothing else. */
  readonly single: readonly string[];
}

const lb = ['load-balancer'];

const shapes: readonly Shape[] = [
  {
    title: 'two of each but the database',
    machines: { lb1: lb, lb2: lb, web1: ['web'], web2: ['web'], app1: ['app'], app2: ['app'], db: ['database'] },
    scenarios: ['power-cut', 'web-killed', 'web-power-cut', 'app-killed', 'app-power-cut', 'database-killed'],
    single: ['db'],
  },
  {
    title: 'one of each',
    machines: { lb, web: ['web'], app: ['app'], db: ['database'] },
    scenarios: ['haproxy-killed', 'power-cut', 'web-power-cut', 'app-killed'],
    single: ['lb', 'web', 'app'],
  },
  {
    title: 'one machine for everything',
    machines: { server: ['load-balancer', 'web', 'app', 'database'] },
    scenarios: ['haproxy-killed', 'web-killed', 'app-killed', 'database-killed'],
    single: ['server'],
  },
  {
    title: 'three load balancers, and the rest on two machines',
    machines: { lb1: lb, lb2: lb, lb3: lb, one: ['web', 'app'], two: ['web', 'app', 'database'] },
    scenarios: ['power-cut', 'planned-maintenance', 'rolling-restart', 'web-killed', 'app-killed', 'standby-power-cut'],
    single: [],
  },
  {
    title: 'a pair that does everything but keep the data',
    machines: { one: ['load-balancer', 'web', 'app'], two: ['load-balancer', 'web', 'app'], db: ['database'] },
    scenarios: ['haproxy-killed', 'planned-maintenance', 'web-killed', 'app-killed', 'database-killed'],
    single: ['db'],
  },
  {
    title: 'three databases behind one of each',
    machines: { lb, web: ['web'], app: ['app'], db1: ['database'], db2: ['database'], db3: ['database'] },
    scenarios: ['haproxy-killed', 'app-killed', 'database-killed', 'database-power-cut'],
    single: ['lb', 'app'],
  },
  {
    title: 'three machines that do everything',
    machines: Object.fromEntries(
      ['one', 'two', 'three'].map((name) => [name, ['load-balancer', 'web', 'app', 'database']]),
    ),
    scenarios: ['haproxy-killed', 'planned-maintenance', 'web-killed', 'app-killed', 'database-killed'],
    single: [],
  },
  {
    title: 'three of each but the database',
    machines: {
      ...{ lb1: lb, lb2: lb, lb3: lb, web1: ['web'], web2: ['web'], web3: ['web'] },
      ...{ app1: ['app'], app2: ['app'], app3: ['app'], db: ['database'] },
    },
    scenarios: ['power-cut', 'cable-cut', 'web-power-cut', 'app-power-cut'],
    single: [],
  },
];

const ok = async (t: ExecutionContext, folder: string, ...argv: string[]): Promise<void> => {
  const ran = await quintet(folder, ...argv);
  t.is(ran.exitCode, 0, `${argv.join(' ')}: ${words(ran)}`);
};

for (const [index, { title, machines, scenarios, single }] of shapes.entries()) {
  real.serial(`${title}: comes up, passes, and what stands alone is named`, async (t) => {
    const lab = join(room, `shape-${index}`);
    t.teardown(async () => {
      await quintet(lab, 'destroy', '--yes');
      await rm(lab, { recursive: true, force: true });
    });
    await ok(t, room, 'init', `shape-${index}`, '--yes', '--set', 'provider=container');
    const roles = Object.fromEntries(Object.entries(machines).map(([name, of]) => [name, { roles: of }]));
    await writeFile(
      join(lab, 'lab.yaml'),
      stringify({ name: `shape-${index}`, provider: 'container', machines: roles }),
    );
    await ok(t, lab, 'up');
    const findings = await found((...line) => quintet(lab, ...line), ...scenarios, '--retry-timeout', '15s');
    passes(t, findings);
    const named = findings.flatMap((finding) => finding.singlePointOfFailure ?? []);
    t.deepEqual([...new Set(named)].sort(), [...single].sort());
    t.regex(await readFile(join(lab, 'README.md'), 'utf8'), /When a load balancer dies/);
  });
}
test.after.always(() => rm(room, { recursive: true, force: true }));
