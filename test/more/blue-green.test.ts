import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import type { Finding } from '../../src/model/verdict.js';
import { called, cameOut, fails, findingText, found, passes } from '../rig/findings.js';
import { inMatrix, matrix } from '../rig/matrix.js';
import { needs } from '../rig/needs.js';
import { ownLab } from '../rig/own-lab.js';
import { executable, must, ok, plainEnvironment, quintet, words } from '../rig/quintet.js';

/** Two application servers that take turns: switched under load without a loss, and never to one that is not healthy. */

const { room, lab } = await ownLab();
const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip');

const done = (...line: readonly string[]): Promise<string> => must(lab, ...line);
const live = async (): Promise<string> => JSON.parse(await done('status', '--format', 'json')).live;
const idle = async (): Promise<string> => ((await live()) === 'blue' ? 'green' : 'blue');
const inMachine = (machine: string, script: string): Promise<string> =>
  done('exec', machine, '--', 'sh', '-euc', script);

const app = join(lab, 'app', 'app.py');
const sound = (): Promise<string> => readFile(join('labs', 'blue-green', 'app', 'app.py'), 'utf8');
const version = async (name: string, from: RegExp | string = 'VERSION = "1"', to = ''): Promise<void> => {
  const text = (await sound()).replace('VERSION = "1"', `VERSION = "${name}"`);
  await writeFile(app, to === '' ? text : text.replace(from, to));
};
const well = 'self.query("SELECT 1")';
const served = (machine: string): Promise<string> =>
  inMachine(machine, `curl --silent http://$(hostname -I | tr ' ' '\\n' | grep ^192.168.56.3):3000/`);

const played = async (t: ExecutionContext, ...ids: string[]): Promise<Finding[]> => {
  const findings = await found((...line) => quintet(lab, ...line), ...ids, '--retry-timeout', '15s');
  passes(
    t,
    findings.filter(({ kind }) => kind === 'check'),
  );
  return findings.filter(({ kind }) => kind === 'scenario');
};

test.before(async () => {
  if ((await quintet(room, 'init', 'lab', '--lab', 'blue-green', '--yes')).exitCode !== 0) throw new Error('no lab');
});

real.serial('it comes up, and passes every check', async (t) => {
  await done('up');
  t.is(await live(), 'blue');
  t.deepEqual(await played(t, '--checks-only'), []);
});

inMatrix(real.serial)('it is switched eight times under load without a loss', async (t) => {
  const one = called(await played(t, 'switch-under-load'), 'switch-under-load');
  if (!cameOut(t, one, 'pass')) return;
  const [, requests = ''] = /^0 of ([\d,]+) requests failed/.exec(one.detail) ?? [];
  t.true(Number(requests.replaceAll(',', '')) >= 5000, one.detail);
});

real.serial(
  'a switch that is killed goes on with the same command, and what was chosen outlasts provisioning',
  async (t) => {
    for (const afterMs of matrix([1000], [300, 1500, 2000])) {
      const target = await idle();
      const killed = execa(process.execPath, [executable, 'switch', target], {
        cwd: lab,
        reject: false,
        stdin: 'ignore',
        env: plainEnvironment,
      });
      await delay(afterMs);
      killed.kill('SIGKILL');
      await killed;
      const told = JSON.parse(await done('switch', target, '--format', 'json'));
      t.is(told.live, target);
      t.is(await live(), target);
    }
    await done('switch', 'green');
    await done('provision', 'web');
    await done('fault', 'web', 'power-cut', '--for', '300ms');
    await done('up');
    t.is(await live(), 'green');
  },
);

real.serial(
  'a new version goes to the idle one and is switched to; the version before stays for the way back',
  async (t) => {
    await version('2');
    await done('deploy');
    t.is(await live(), 'blue');
    t.regex(await served('blue'), /version 2/);
    t.regex(await served('green'), /version 1/);
    const again = await quintet(lab, 'deploy');
    t.regex(ok(t, again) + again.stderr, /blue is live and has this version already/);
    t.regex(await served('green'), /version 1/);
  },
);

/** What must be refused, each with what is said of it and a line of its own that must be told. */
const bad: readonly (readonly [what: string, from: string, to: string, why: RegExp, line: RegExp])[] = [
  ['is slow', well, `__import__("time").sleep(0.7); ${well}`, /it has no answer within 0\.5 s/, /listening at/],
  [
    'answers 500',
    'return self.answer(200, "well\\n")',
    'return self.answer(500, "ill\\n")',
    /status 500/,
    /listening at/,
  ],
  [
    'does not start',
    'server = Server',
    'raise SystemExit("no luck today")\nserver = Server',
    /ends by itself/,
    /no luck today/,
  ],
  [
    'leaks memory until it dies',
    well,
    `globals().setdefault("LEAK", []).append(bytearray(b"x") * (40 << 20)); ${well}`,
    /breaks off its answer|refuses connections/,
    /killed/,
  ],
];
for (const [index, [what, from, to, why, line]] of bad.entries()) {
  (index === 0 ? real.serial : inMatrix(real.serial))(
    `a release that ${what} is refused with its own last lines, and the old one stays live`,
    async (t) => {
      await version('3', from, to);
      const ran = await quintet(lab, 'deploy');
      t.is(ran.exitCode, 3, words(ran));
      t.regex(ran.stderr, why);
      t.regex(ran.stderr, line);
      t.is(await live(), 'blue');
      t.regex(await served('blue'), /version 2/);
    },
  );
}

const stopped = async (t: ExecutionContext): Promise<Finding> =>
  called(await played(t, 'old-one-stopped'), 'old-one-stopped');

inMatrix(real.serial)('an application server that hangs is not switched to', async (t) => {
  const one = called(await played(t, 'switch-to-a-bad-release'), 'switch-to-a-bad-release');
  if (cameOut(t, one, 'pass'))
    t.regex(findingText(one), /is not healthy: asked by web, it has no answer within 0\.5 s/);
});

inMatrix(real.serial)('one that is stopped before it is drained loses requests: the lab fails', async (t) => {
  // Visitors wait for so long that some are still under way when the stop comes; whoever tries it out does not.
  await version('4', well, `(self.headers["User-Agent"] or "")[:4] == "curl" or __import__("time").sleep(3); ${well}`);
  const file = join(lab, 'lab.yaml');
  const slow = 'ratePerSecond: 20\n  limitMs: 4000\n  timeoutMs: 5000';
  await writeFile(file, (await readFile(file, 'utf8')).replace(/ratePerSecond: 200\n {2}limitMs: 500/, slow));
  await done('generate');
  await done('up');
  const script = '/usr/local/lib/quintet/live-app';
  await inMachine('web', `cp ${script} /root/sound; sed -i 's/^drain() {/drain() {\\n  return/' ${script}`);
  const one = await stopped(t);
  await inMachine('web', `cp /root/sound ${script}`);
  fails(t, one, /[1-9]\d* requests? failed/);
});

inMatrix(real.serial)('drained first, it may be stopped, and nobody notices', async (t) => {
  passes(t, [await stopped(t)]);
});

inMatrix(real.serial)('a live one that loses power is missed until somebody switches', async (t) => {
  await version('5');
  await done('up');
  passes(t, [called(await played(t, 'live-power-cut'), 'live-power-cut')]);
});
