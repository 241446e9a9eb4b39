import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { execa } from 'execa';
import type { HistoryEvent, ProbeEvent } from '../../src/model/history.js';
import { findingText, found, passes } from '../rig/findings.js';
import { inMatrix, matrix } from '../rig/matrix.js';
import { needs } from '../rig/needs.js';
import { ownLab } from '../rig/own-lab.js';
import { executable, ok, plainEnvironment, quintet, words } from '../rig/quintet.js';

/** An application of the user's own, from the examples that ship: it is served and judged, and a bad version of it is taken back. */

const { room, lab } = await ownLab();
const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip');

const change = async (from: string, to: string): Promise<void> => {
  const path = join(lab, 'lab.yaml');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace(from, to));
};
const inApp = async (t: ExecutionContext, script: string): Promise<string> =>
  ok(t, await quintet(lab, 'exec', 'app', '--', 'sh', '-c', script));
const health = 'curl --silent http://192.168.56.31:3000/health';

real('the example comes up and passes every check', async (t) => {
  ok(t, await quintet(room, 'init', 'lab', '--yes', '--lab', 'own-application', '--set', 'provider=container'));
  ok(t, await quintet(lab, 'up'));
  passes(t, await found((...line) => quintet(lab, ...line), '--checks-only', '--retry-timeout', '15s'));
});

inMatrix(real)('it keeps what it acknowledged when it is killed', async (t) => {
  const findings = await found(
    (...line) => quintet(lab, ...line),
    'app-killed',
    'database-power-cut',
    'haproxy-killed',
  );
  passes(t, findings);
  const writes = findings.flatMap(({ measures = [] }) => measures).filter(({ name }) => name === 'writes acknowledged');
  t.true(writes.some(({ value }) => value > 0));
});

real('it is built by a user without rights, and what runs is root’s', async (t) => {
  await change('  # build: what', '  build: id -un >built-by.txt\n  # what');
  ok(t, await quintet(lab, 'generate'));
  ok(t, await quintet(lab, 'deploy'));
  const told = await inApp(t, 'cd /opt/quintet/current/app && cat built-by.txt && stat -c %U:%a built-by.txt app.py');
  t.deepEqual(told.trim().split('\n'), ['quintet-build', 'root:644', 'root:644']);
});

inMatrix(real)(
  'a version that listens elsewhere ends with its last lines and why, and the one before it runs again',
  async (t) => {
    await change('command: python3', 'command: PORT=4000 python3');
    ok(t, await quintet(lab, 'generate'));
    const ran = await quintet(lab, 'deploy');
    t.is(ran.exitCode, 3, words(ran));
    t.regex(ran.stderr, /listening at \('192\.168\.56\.31', 4000\)/);
    t.regex(ran.stderr, /nothing answers at 192\.168\.56\.31:3000/);
    t.is((await inApp(t, health)).trim(), 'well');
  },
);

/** What of an example is to fail, and why: its guide asks for it. */
interface Other {
  readonly source: string;
  readonly told: string;
  readonly fails: Readonly<Record<string, RegExp>>;
}

const others = matrix<Other>(
  [],
  [
    {
      source: 'node',
      told: '  build: sh build.sh\n  command: node server.js\n  packages: [nodejs]\n',
      fails: { 'database-killed': /can be done without/, 'database-power-cut': /can be done without/ },
    },
    {
      source: 'php',
      told:
        '  command: PHP_CLI_SERVER_WORKERS=16 php -S "$ADDRESS:$PORT" index.php\n  packages: [php-cli, php-mysql]\n' +
        '  writes: { put: /items/ID, get: /items/ID }\n',
      fails: { 'database-power-cut': /no answer in 900 ms/ },
    },
  ],
);
for (const { source, told, fails } of others) {
  real(`the example in the folder ${source} passes what its language can`, async (t) => {
    ok(t, await quintet(lab, 'destroy', '--yes'));
    const app = `app:\n  runtime: own\n  source: ${source}\n  health: /health\n${told}`;
    await writeFile(join(lab, 'lab.yaml'), `name: own-application\n${app}`);
    ok(t, await quintet(lab, 'generate', '--force'));
    ok(t, await quintet(lab, 'up'));
    const findings = await found((...line) => quintet(lab, ...line), '--retry-timeout', '15s');
    const wrong = findings.filter(({ outcome }) => !['pass', 'skipped'].includes(outcome));
    t.deepEqual(wrong.map(({ id }) => id).sort(), Object.keys(fails), wrong.map(findingText).join('\n'));
    for (const one of wrong) t.regex(findingText(one), fails[one.id] ?? /^$/);
  });
}

const inAll = async (t: ExecutionContext, script: string): Promise<readonly string[]> =>
  Promise.all(
    ['app', 'app2'].map(async (machine) => ok(t, await quintet(lab, 'exec', machine, '--', 'sh', '-c', script))),
  );
/** Which version runs, and since when. */
const running = 'readlink /opt/quintet/current; systemctl show --property=ActiveEnterTimestampMonotonic quintet-app';

/** What visitors see, from now until it is asked for. */
const visitors = () => {
  const watch = execa(process.execPath, [executable, 'watch', '--format', 'json', '--rate', '50', '--for', '10m'], {
    cwd: lab,
    reject: false,
    stdin: 'ignore',
    env: plainEnvironment,
  });
  return async (): Promise<readonly ProbeEvent[]> => {
    watch.kill('SIGINT');
    const { stdout } = await watch;
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as HistoryEvent)
      .filter((event): event is ProbeEvent => event.type === 'probe');
  };
};

/** What a server that ends takes with it is refused, reset or answered with an error; no answer in time may be this computer's doing. */
const lost = (probes: readonly ProbeEvent[]): readonly ProbeEvent[] =>
  probes.filter(({ result }) => result !== 'ok' && result !== 'timeout');

inMatrix(real)(
  'a new version comes to one of two application servers after the other, and nobody notices',
  async (t) => {
    ok(t, await quintet(lab, 'destroy', '--yes'));
    const roles = { lb1: 'load-balancer', lb2: 'load-balancer', web: 'web', app: 'app', app2: 'app', db: 'database' };
    const machines = Object.entries(roles).map(([name, role]) => `  ${name}: { roles: [${role}] }\n`);
    const app = `app:\n  runtime: own\n  source: python\n  command: python3 app.py\n  health: /health\n`;
    const packages = '  packages: [python3, python3-pymysql, python3-cryptography]\n';
    await writeFile(join(lab, 'lab.yaml'), `name: own-application\nmachines:\n${machines.join('')}${app}${packages}`);
    ok(t, await quintet(lab, 'generate', '--force'));
    ok(t, await quintet(lab, 'up'));
    const [before] = await inAll(t, running);
    await change('command: python3', 'command: VERSION=2 python3');
    const saw = visitors();
    await delay(3000);
    const deployed = await quintet(lab, 'deploy');
    await delay(1000);
    const probes = await saw();
    ok(t, deployed);
    t.true(probes.length > 150);
    t.deepEqual(
      probes.filter(({ result }) => result !== 'ok'),
      [],
    );
    t.deepEqual([...new Set(probes.flatMap(({ via }) => via?.app ?? []))].sort(), ['app', 'app2']);
    t.not((await inAll(t, running))[0], before);
  },
);

inMatrix(real)('a version that is not well is taken back on the first, and the second is never touched', async (t) => {
  const [, second] = await inAll(t, running);
  await change('command: VERSION=2 python3', 'command: PORT=4000 python3');
  const saw = visitors();
  await delay(3000);
  const ran = await quintet(lab, 'deploy');
  const probes = await saw();
  t.is(ran.exitCode, 3, words(ran));
  t.regex(ran.stderr, /The version before it runs again/);
  t.deepEqual(lost(probes), []);
  t.is((await inAll(t, running))[1], second);
  t.deepEqual(
    (await inAll(t, 'curl --silent http://$(hostname -I | tr " " "\\n" | grep ^192.168.56.3):3000/health')).map(
      (text) => text.trim(),
    ),
    ['well', 'well'],
  );
});
