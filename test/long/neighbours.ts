import { rm } from 'node:fs/promises';
import { cpus, release } from 'node:os';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import type { Finding, Outcome } from '../../src/model/verdict.js';
import { findingsOf } from '../rig/findings.js';
import { type Kind, kindsOfNeighbours, type Neighbours } from '../rig/neighbours.js';
import { executable, plainEnvironment, type Ran, words } from '../rig/quintet.js';
import { temporaryRoom } from '../rig/temporary.js';

/**
 * A correct lab never fails and a broken one never passes, whatever else goes on on this computer: both are played beside neighbours,
 * and counted. `node --import tsx test/long/neighbours.ts [--plays N] [--busy 0,2,8] [--kinds REGEXP] [--only correct|broken]`: N plays
 * of a correct lab and N of broken ones beside each kind of neighbours. A Markdown table on standard output; exit code 1 where one
 * was judged wrongly.
 */

const { values } = parseArgs({
  options: {
    plays: { type: 'string', default: '17' },
    busy: { type: 'string', default: '0,2,8' },
    kinds: { type: 'string', default: '' },
    only: { type: 'string', default: '' },
  },
});
const plays = Number(values.plays);
const counts = values.busy.split(',').map(Number);
if (![plays, ...counts].every(Number.isInteger)) throw new Error('--plays takes a number, --busy a list of numbers');

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());

const room = await temporaryRoom();
const folder = `${room}/lab`;

/** Ended like by Ctrl-C, so that it undoes its faults, where this program is interrupted; tidying up is not. */
const quintet = async (cwd: string, line: readonly string[], tidying = false): Promise<Ran> => {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [executable, ...line], {
    cwd,
    reject: false,
    stdin: 'ignore',
    env: plainEnvironment,
    timeout: 30 * 60_000,
    killSignal: 'SIGINT',
    forceKillAfterDelay: 60_000,
    detached: true,
    ...(tidying ? {} : { cancelSignal: stopping.signal }),
  });
  if (!tidying) stopping.signal.throwIfAborted();
  return { exitCode: exitCode ?? 128, stdout: String(stdout), stderr: String(stderr) };
};

const ok = async (...line: string[]): Promise<string> => {
  const ran = await quintet(folder, line);
  if (ran.exitCode !== 0) throw new Error(`quintet ${line.join(' ')}: ${words(ran)}`);
  return ran.stdout;
};

const sh = (machine: string, script: string): Promise<string> => ok('exec', machine, '--', 'sh', '-euc', script);

const standby = async (): Promise<string> => {
  const { machines } = JSON.parse(await ok('status', '--format', 'json'));
  return machines.find(({ name, holdsVip }: { name: string; holdsVip: boolean }) => /^lb/.test(name) && !holdsVip).name;
};

const balancers = ['lb1', 'lb2'];
const dropIn = '/etc/systemd/system/haproxy.service.d/zz-broken.conf';
let masked = '';

/** A state of the lab, and the scenarios by which it must show. */
interface Variant {
  readonly title: string;
  readonly scenarios: readonly string[];
  readonly shall: Outcome;
  make(): Promise<void>;
  undo(): Promise<void>;
}

const nothing = async (): Promise<void> => undefined;

const variants: readonly Variant[] = [
  {
    title: 'nothing is wrong',
    scenarios: [
      'haproxy-killed',
      'planned-maintenance',
      'rolling-restart',
      'database-power-cut',
      'power-cut',
      'cable-cut',
    ],
    shall: 'pass',
    make: nothing,
    undo: nothing,
  },
  {
    title: 'the standby can’t take over',
    scenarios: ['haproxy-killed', 'keepalived-stopped'],
    shall: 'fail',
    make: async () => {
      masked = await standby();
      await sh(masked, 'systemctl mask --now keepalived');
    },
    undo: async () => {
      await sh(masked, 'systemctl unmask keepalived');
      await ok('provision', masked);
    },
  },
  {
    title: 'what is acknowledged is on no disk',
    scenarios: ['database-power-cut'],
    shall: 'fail',
    make: async () => void (await sh('db', 'mysql -e "ALTER TABLE quintet.entries ENGINE = MEMORY"')),
    undo: async () => {
      await sh('db', 'mysql -e "ALTER TABLE quintet.entries ENGINE = InnoDB"');
      await ok('provision', 'db');
    },
  },
  {
    title: 'a reload is a restart',
    scenarios: ['haproxy-reload'],
    shall: 'fail',
    make: async () => {
      const text = '[Service]\\nExecReload=\\nExecReload=/bin/kill -TERM $MAINPID\\nRestartSec=100ms\\n';
      for (const machine of balancers)
        await sh(machine, `mkdir -p "$(dirname ${dropIn})" && printf '${text}' >${dropIn} && systemctl daemon-reload`);
    },
    undo: async () => {
      for (const machine of balancers) await sh(machine, `rm -f ${dropIn} && systemctl daemon-reload`);
      await ok('provision', ...balancers);
    },
  },
];

interface Row {
  readonly kind: string;
  readonly variant: Variant;
  readonly found: Finding[];
}

const rows: Row[] = [];

/** So many plays of a variant's scenarios in turn, several to a verification. */
const play = async (variant: Variant, many: number): Promise<Finding[]> => {
  const found: Finding[] = [];
  while (found.length < many) {
    const names = variant.scenarios.slice(0, many - found.length);
    const ran = await quintet(folder, ['verify', ...names, '--format', 'json']);
    const played = findingsOf(ran).filter(({ kind, id }) => kind === 'scenario' && names.includes(id));
    if (played.length === 0) throw new Error(`nothing was played: ${words(ran)}`);
    for (const { id, outcome, detail } of played) say(`  ${id}: ${outcome}: ${detail}`);
    found.push(...played);
  }
  return found;
};

const beside = async (kind: Kind, variant: Variant, many: number): Promise<void> => {
  say(`${variant.title}; neighbours: ${kind.title}`);
  const neighbours: Neighbours = await kind.start();
  try {
    const row: Row = { kind: kind.title, variant, found: [] };
    rows.push(row);
    row.found.push(...(await play(variant, many)));
  } finally {
    await neighbours.stop();
  }
};

const kinds = kindsOfNeighbours(room, counts).filter(({ title }) => new RegExp(values.kinds).test(title));
const broken = variants.filter(({ shall }) => shall === 'fail');

/** The broken ones share the plays. */
const playsOf = (variant: Variant): number =>
  variant.shall === 'pass'
    ? plays
    : Math.floor(plays / broken.length) + (broken.indexOf(variant) < plays % broken.length ? 1 : 0);

const shallOf: Readonly<Record<string, Outcome>> = { correct: 'pass', broken: 'fail' };
const wanted = variants.filter(({ shall }) => values.only === '' || shallOf[values.only] === shall);
if (wanted.length === 0) throw new Error('--only takes correct or broken');

let problem: unknown;
try {
  const made = await quintet(room, ['init', 'lab', '--yes', '--set', 'provider=container']);
  if (made.exitCode !== 0) throw new Error(words(made));
  await ok('up');
  for (const variant of wanted.filter((each) => playsOf(each) > 0)) {
    await variant.make();
    for (const kind of kinds) await beside(kind, variant, playsOf(variant));
    await variant.undo();
  }
} catch (error) {
  problem = error;
} finally {
  await quintet(folder, ['destroy', '--yes'], true);
  await rm(room, { recursive: true, force: true });
}

const countOf = (kind: string, shall: Outcome, outcome?: Outcome): number =>
  rows
    .filter((row) => row.kind === kind && row.variant.shall === shall)
    .flatMap(({ found }) => found)
    .filter((one) => outcome === undefined || one.outcome === outcome).length;

const cells = (kind: string, shall: Outcome): (string | number)[] => [
  countOf(kind, shall),
  ...(['pass', 'fail', 'unknown'] as const).map((outcome) => countOf(kind, shall, outcome)),
];

const wrong = rows.flatMap(({ variant, found }) =>
  found.filter(({ outcome }) => outcome === (variant.shall === 'pass' ? 'fail' : 'pass')),
).length;

console.log(`${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model.trim()}, Linux ${release()}; \`node --import tsx test/long/neighbours.ts --plays ${plays} --busy ${values.busy}\`:

| neighbours | correct lab: plays | pass | fail | unknown | broken labs: plays | pass | fail | unknown |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${kinds.map(({ title }) => `| ${[title, ...cells(title, 'pass'), ...cells(title, 'fail')].join(' | ')} |`).join('\n')}

${wrong} of ${rows.flatMap(({ found }) => found).length} judged wrongly.`);
if (problem !== undefined) say(stopping.signal.aborted ? 'Interrupted.' : String((problem as Error).stack ?? problem));
process.exitCode = stopping.signal.aborted ? 130 : wrong > 0 || problem !== undefined ? 1 : 0;
