import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { exists } from '../../src/host/files.js';
import { cameOut, found } from '../rig/findings.js';
import { needs } from '../rig/needs.js';
import { quintet, words } from '../rig/quintet.js';
import { temporaryRoom } from '../rig/temporary.js';
import { labIdOf, traces } from '../rig/traces.js';

/** Everything chosen otherwise than by default, on four machines, beside a default lab that has the same addresses. */

const room = await temporaryRoom();
const [other, usual] = [join(room, 'other'), join(room, 'usual')];
test.after.always(async () => {
  for (const lab of [other, usual, join(room, 'copy')]) await quintet(lab, 'destroy', '--yes');
  await rm(room, { recursive: true, force: true });
});

const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip');

const ok = async (t: ExecutionContext, folder: string, ...argv: string[]): Promise<string> => {
  const ran = await quintet(folder, ...argv);
  t.is(ran.exitCode, 0, `${argv.join(' ')}: ${words(ran)}`);
  return ran.stdout;
};

const labYaml = `name: other
provider: container
machines:
  lb1: { roles: [load-balancer] }
  web: { roles: [load-balancer, web], memoryMb: 640 }
  app: { roles: [app] }
  db: { roles: [database] }
vrrp: { timing: classic, preempt: true, preemptDelayS: 2 }
app: { runtime: gunicorn }
database: { engine: mariadb }
`;

real('a lab comes up from a lab.yaml that was written anew by hand', async (t) => {
  await ok(t, room, 'init', 'other', '--yes');
  await writeFile(join(other, 'lab.yaml'), labYaml);
  await ok(t, other, 'up');
  t.is(await readFile(join(other, 'lab.yaml'), 'utf8'), labYaml);
  t.false(await exists(join(other, 'machines', 'lb2')));
  t.regex(await ok(t, other, 'exec', 'db', '--', 'mariadb', '-NBe', 'SELECT VERSION()'), /MariaDB/);
  t.regex(await ok(t, other, 'exec', 'app', '--', 'ps', '-eo', 'args'), /gunicorn/);
  const together = await ok(t, other, 'exec', 'web', '--', 'ps', '-eo', 'comm');
  for (const program of ['haproxy', 'keepalived', 'nginx']) t.true(together.includes(program), program);
});

real('it passes every check and scenario, though the second load balancer is also the web server', async (t) => {
  const names = [
    'database-power-cut',
    'power-cut',
    'haproxy-killed',
    'planned-maintenance',
    'haproxy-hung',
    'keepalived-killed',
    'web-killed',
    'app-power-cut',
    'standby-power-cut',
  ];
  const findings = await found((...line) => quintet(other, ...line), ...names, '--retry-timeout', '15s');
  const apart = ['power-cut', 'standby-power-cut'];
  for (const one of findings) cameOut(t, one, apart.includes(one.id) ? 'skipped' : 'pass');
  t.is(findings.filter(({ kind }) => kind === 'scenario').length, names.length);
});

real('with preempt the first load balancer has the virtual IP again', async (t) => {
  const holders = async (): Promise<string[]> => {
    const { vip } = JSON.parse(await ok(t, other, 'status', '--format', 'json'));
    return vip.holders;
  };
  for (let left = 60; left > 0 && (await holders())[0] !== 'lb1'; left -= 1) await delay(250);
  t.deepEqual(await holders(), ['lb1']);
});

real('a lab with the same addresses runs beside it, and neither sees the other', async (t) => {
  const failback = ['--set', 'vrrp.preempt=true', '--set', 'vrrp.preemptDelayS=2'];
  await ok(t, room, 'init', 'usual', '--yes', '--set', 'provider=container', ...failback);
  await ok(t, usual, 'up');
  await ok(t, usual, 'verify', '--checks-only', '--retry-timeout', '10s');
  await ok(t, other, 'verify', '--checks-only', '--retry-timeout', '10s');
  const addresses: string[] = [];
  const engines: string[] = [];
  for (const lab of [usual, other]) {
    addresses.push(await ok(t, lab, 'exec', 'db', '--', 'hostname', '-I'));
    engines.push(await ok(t, lab, 'exec', 'db', '--', 'mysql', '-NBe', 'SELECT VERSION()'));
  }
  t.is(addresses[0], addresses[1]);
  t.regex(engines[0] ?? '', /^9\./);
  t.regex(engines[1] ?? '', /MariaDB/);
});

real('the first load balancer takes the virtual IP back where the lab asks for it', async (t) => {
  await ok(t, usual, 'verify', 'failback-with-preemption');
});

real('a copy of a lab that is up is a lab of its own, and the original never knows', async (t) => {
  const copy = join(room, 'copy');
  await cp(usual, copy, { recursive: true });
  const ran = await quintet(copy, 'status', '--format', 'json');
  t.is(ran.exitCode, 0, words(ran));
  t.regex(ran.stderr, /copied from .*usual/);
  t.not(await labIdOf(copy), await labIdOf(usual));
  const states = JSON.parse(ran.stdout).machines.map(({ state }: { state: string }) => state);
  t.deepEqual([...new Set(states)], ['absent']);
  await ok(t, copy, 'up', 'web');
  await ok(t, copy, 'destroy', '--yes');
  t.deepEqual(await traces(await labIdOf(copy)), []);
  await ok(t, usual, 'verify', '--checks-only', '--retry-timeout', '10s');
});

real('a lab that was moved while it is up keeps its machines', async (t) => {
  const moved = join(room, 'moved');
  await rename(usual, moved);
  await ok(t, moved, 'verify', '--checks-only', '--retry-timeout', '10s');
  t.deepEqual(await ok(t, moved, 'exec', 'db', '--', 'hostname'), 'db');
  await rename(moved, usual);
});

real('a lab whose lab.yaml has a mistake can still be destroyed, and the others stay', async (t) => {
  const [otherId, usualId] = [await labIdOf(other), await labIdOf(usual)];
  t.not(otherId, usualId);
  await writeFile(join(other, 'lab.yaml'), 'machines: [oops\n');
  t.is((await quintet(other, 'up')).exitCode, 2);
  await ok(t, other, 'destroy', '--yes');
  t.deepEqual(await traces(otherId), []);
  await ok(t, usual, 'verify', '--checks-only', '--retry-timeout', '10s');
  await ok(t, usual, 'destroy', '--yes');
  t.deepEqual(await traces(usualId), []);
});
