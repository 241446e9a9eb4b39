import { readdir, readFile, rm } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { catalogueNames } from '../src/host/catalogue.js';
import { distributionRow, everythingRow, failedRow, type Lab, type Row } from './bench-failover.js';
import { type ProberFigures, proberFigures } from './bench-prober.js';
import { vagrantRows } from './bench-vagrant.js';
import { executable, quintet, words } from './rig/quintet.js';
import { temporaryRoom } from './rig/temporary.js';
import { labIdOf } from './rig/traces.js';

/** `npm run bench`: how fast and how small, each figure beside its floor or bound, as a Markdown table on standard output. */

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const ms = (value: number): string => `${Math.round(value).toLocaleString('en-US')} ms`;
const seconds = (value: number): string => `${(value / 1000).toFixed(1)} s`;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const timed = async (action: () => Promise<unknown>): Promise<number> => {
  const from = performance.now();
  await action();
  return performance.now() - from;
};

const medianOf = async (times: number, action: (time: number) => Promise<unknown>): Promise<number> => {
  await action(-1);
  const all: number[] = [];
  for (let time = 0; time < times; time += 1) all.push(await timed(() => action(time)));
  return median(all);
};

const room = await temporaryRoom();

const must = async (folder: string, ...line: string[]): Promise<string> => {
  const ran = await quintet(folder, ...line);
  if (ran.exitCode !== 0 && !line.includes('verify')) throw new Error(`quintet ${line.join(' ')}: ${words(ran)}`);
  return ran.stdout;
};

const startRows = async (): Promise<Row[]> => {
  say('start-up …');
  const empty = await medianOf(15, () => execa(process.execPath, ['--input-type=module', '-e', "import 'node:path'"]));
  const help = await medianOf(15, () => execa(process.execPath, [executable, '--help']));
  say('generating …');
  const make = await medianOf(9, (time) => must(room, 'init', `lab-${time}`, '--yes'));
  const lab = join(room, 'lab-0');
  const generate = await medianOf(9, async () => {
    for (const path of ['machines', 'Vagrantfile', 'README.md', 'topology.svg', '.quintet/generated.json'])
      await rm(join(lab, path), { recursive: true });
    await must(lab, 'generate');
  });
  return [
    {
      what: 'start-up',
      seen: `${ms(help)}, ${(help / empty).toFixed(1)} × an empty Node process (${ms(empty)})`,
      bound: '1.5 ×',
      command: 'quintet --help',
    },
    { what: 'every file of a lab generated', seen: ms(generate), bound: '300 ms', command: 'quintet generate' },
    {
      what: 'a new lab, with its certificate authority and keys',
      seen: ms(make),
      bound: '300 ms',
      command: 'quintet init DIR --yes',
    },
  ];
};

/** What the processes of a lab's machines use, shared pages counted once (Pss of proc_pid_smaps(5)), in MB. */
const memoryMb = async (id: string): Promise<number> => {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const sizes = await Promise.all(
    processes.map(async (pid) => {
      const cgroup = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
      if (!cgroup.includes(`quintet-${id}`)) return 0;
      const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
      return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0);
    }),
  );
  return sizes.reduce((sum, kb) => sum + kb, 0) / 1024;
};

/** Two decimals: what a fraction of a millisecond is worth. */
const fine = (value: number): string => `${value.toFixed(2)} ms`;

const proberRow = ({ name, ratePerSecond, lateness, latency, good, sent, boundMs }: ProberFigures): Row => ({
  what: `prober beside five machines, ${ratePerSecond.toLocaleString('en-US')} ${name} a second: lateness p99`,
  seen: `${fine(lateness.p99)} (p50 ${fine(lateness.p50)}, max ${fine(lateness.max)}); answers p50 ${fine(latency.p50)}, p99 ${fine(latency.p99)}; ${good} of ${sent} good`,
  bound: ms(boundMs),
  command: 'node --import tsx test/bench-prober.ts LAB',
});

const machineRows = async (): Promise<Row[]> => {
  const lab = join(room, 'machines');
  await must(room, 'init', lab, '--yes');
  await must(lab, 'up');
  const once = async () => {
    await must(lab, 'destroy', '--yes');
    return timed(async () => {
      await must(lab, 'up');
      await must(lab, 'verify', '--checks-only');
    });
  };
  say('up, five times …');
  const ups: number[] = [];
  for (let time = 0; time < 5; time += 1) ups.push(await once());
  const memory = await memoryMb(await labIdOf(lab));
  const again = await medianOf(3, () => must(lab, 'up'));
  say('prober …');
  const probers = await proberFigures(lab);
  const destroy = await timed(() => must(lab, 'destroy', '--yes'));
  return [
    ...probers.map(proberRow),
    {
      what: 'five machines from nothing to every check green, base cached',
      seen: seconds(median(ups)),
      bound: '15 s',
      command: 'quintet up && quintet verify --checks-only',
    },
    { what: 'up with nothing to do', seen: ms(again), bound: '', command: 'quintet up' },
    {
      what: 'five machines at rest',
      seen: `${Math.round(memory)} MB`,
      bound: '1,200 MB',
      command: 'cat /proc/PID/smaps_rollup',
    },
    { what: 'destroy', seen: seconds(destroy), bound: '', command: 'quintet destroy --yes' },
  ];
};

const labWith = async (timing: string): Promise<Lab> => {
  const lab = join(room, timing);
  await must(room, 'init', lab, '--yes', '--set', `vrrp.timing=${timing}`);
  await must(lab, 'up');
  return { quintet: (...line) => must(lab, ...line) };
};

/** A lab of the catalogue, as it ships. */
const labOf = async (name: string): Promise<Lab> => {
  const lab = join(room, name);
  await must(room, 'init', lab, '--lab', name, '--yes');
  await must(lab, 'up');
  return { quintet: (...line) => must(lab, ...line) };
};

/** One of the labs is there to fail. */
const toFail = 'three-databases-lose';

/** Each lab of the catalogue, its bases there. */
const catalogueRows = async (): Promise<Row[]> => {
  const rows: Row[] = [];
  for (const name of (await catalogueNames()).filter((each) => each !== toFail)) {
    say(`${name} …`);
    const lab = join(room, name);
    await must(room, 'init', lab, '--lab', name, '--yes');
    const tookMs = await timed(async () => {
      await must(lab, 'up');
      await must(lab, 'verify', '--checks-only', '--retry-timeout', '15s');
    });
    await must(lab, 'destroy', '--yes');
    await rm(lab, { recursive: true });
    rows.push({
      what: `the lab ${name} from nothing to every check green, its bases there`,
      seen: seconds(tookMs),
      bound: '25 s',
      command: 'quintet up && quintet verify --checks-only --retry-timeout 15s',
    });
  }
  return rows;
};

const failoverRows = async (): Promise<Row[]> => {
  const rows: Row[] = [];
  const add = async (row: Promise<Row>) => {
    const { what, seen } = await row;
    say(`${what}: ${seen}`);
    rows.push(await row);
  };
  say('every scenario …');
  const balanced = await labWith('balanced');
  await add(everythingRow(balanced));
  await balanced.quintet('destroy', '--yes');
  say('scenarios, again and again …');
  const fast = await labWith('fast');
  const silent = 'median 351 ms, p95 451 ms';
  for (const id of ['power-cut', 'cable-cut']) {
    await add(distributionRow(fast, { id, timing: 'fast', repeat: 20, bound: silent }));
  }
  await add(distributionRow(fast, { id: 'keepalived-stopped', timing: 'fast', repeat: 20, bound: 'median 51 ms' }));
  await add(failedRow(fast, { id: 'keepalived-killed', timing: 'fast', repeat: 20 }));
  await add(failedRow(fast, { id: 'planned-maintenance', timing: 'fast', repeat: 5 }));
  await add(failedRow(fast, { id: 'haproxy-reload', timing: 'fast', repeat: 10 }));
  await fast.quintet('destroy', '--yes');
  const classic = await labWith('classic');
  await add(distributionRow(classic, { id: 'haproxy-killed', timing: 'classic', repeat: 20, bound: '250 ms' }));
  await classic.quintet('destroy', '--yes');
  // What may cost nobody anything: an update of every program of all machines, and a deployment.
  for (const [name, id, timing, repeat] of [
    ['no-single-point', 'rolling-restart-of-all', 'fast', 2],
    ['blue-green', 'switch-under-load', 'balanced', 2],
  ] as const) {
    const lab = await labOf(name);
    await add(failedRow(lab, { id, timing, repeat }));
    await lab.quintet('destroy', '--yes');
  }
  return rows;
};

try {
  const rows = [
    ...(await startRows()),
    ...(await machineRows()),
    ...(await catalogueRows()),
    ...(await vagrantRows()),
    ...(await failoverRows()),
  ];
  console.log(`${cpus().length} cores, ${cpus()[0]?.model}, Node ${process.versions.node}\n`);
  console.log('| what | seen | at most | command |\n| --- | --- | --- | --- |');
  for (const { what, seen, bound, command } of rows) console.log(`| ${what} | ${seen} | ${bound} | \`${command}\` |`);
} finally {
  await rm(room, { recursive: true, force: true });
}
