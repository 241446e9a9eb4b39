import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { findingText, found } from '../rig/at-last.js';
import { matrix } from '../rig/matrix.js';
import { needs } from '../rig/needs.js';
import { ownLab } from '../rig/own-lab.js';
import { ok, quintet, words } from '../rig/quintet.js';

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

real('the example comes up and passes every check, and keeps what it acknowledged when it is killed', async (t) => {
  ok(t, await quintet(room, 'init', 'lab', '--yes', '--lab', 'own-application', '--set', 'provider=container'));
  ok(t, await quintet(lab, 'up'));
  const findings = await found(
    (...line) => quintet(lab, ...line),
    'app-killed',
    'haproxy-killed',
    '--retry-timeout',
    '15s',
  );
  for (const one of findings) t.is(one.outcome, 'pass', findingText(one));
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

real(
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

const others = matrix<readonly [string, string]>(
  [],
  [
    ['node', '  build: sh build.sh\n  command: node server.js\n  packages: [nodejs]'],
    ['php', `  command: PHP_CLI_SERVER_WORKERS=16 php -S "$ADDRESS:$PORT" index.php\n  packages: [php-cli, php-mysql]`],
  ],
);
for (const [source, told] of others) {
  real(`the example in the folder ${source} passes every check too`, async (t) => {
    ok(t, await quintet(lab, 'destroy', '--yes'));
    const writes = source === 'node' ? '' : '  writes: { put: /items/ID, get: /items/ID }\n';
    const app = `app:\n  runtime: own\n  source: ${source}\n${told}\n  health: /health\n${writes}`;
    await writeFile(join(lab, 'lab.yaml'), `name: own-application\n${app}`);
    ok(t, await quintet(lab, 'generate', '--force'));
    ok(t, await quintet(lab, 'up'));
    ok(t, await quintet(lab, 'verify', 'app-killed', '--retry-timeout', '15s'));
  });
}
