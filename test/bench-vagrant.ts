import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Row } from './bench-failover.js';
import { startAptProxy } from './rig/apt-proxy.js';
import { words } from './rig/quintet.js';
import { rigFolder } from './rig/vboxmanage/box.js';
import { computerWithBox, quintetOn, standInSettings } from './rig/vboxmanage/computer.js';
import { addPlainBox, plainBox } from './rig/vboxmanage/plain-box.js';
import type { Rig } from './rig/vboxmanage/rig.js';

/**
 * Real Vagrant on a stand-in for VirtualBox, whose machines boot at once: what is left is what Vagrant, SSH and the
 * provisioners cost. Each figure of Quintet's has its pair in the same run.
 */

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const seconds = (value: number): string => `${(value / 1000).toFixed(1)} s`;
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Runs something that must succeed; what it took. */
const timed = async (
  what: string,
  work: Promise<{ exitCode: number; stdout: string; stderr: string }>,
): Promise<number> => {
  const from = performance.now();
  const ran = await work;
  const tookMs = performance.now() - from;
  if (ran.exitCode !== 0) throw new Error(`${what}: ${words(ran)}`);
  say(`${what}: ${seconds(tookMs)}`);
  return tookMs;
};

interface Bench {
  readonly quintet: (...line: string[]) => Promise<number>;
  readonly vagrant: (...line: string[]) => Promise<number>;
}

const benchIn = (rig: Rig, cwd: string): Bench => ({
  quintet: (...line) => timed(`quintet ${line.join(' ')}`, quintetOn(rig, { cwd }, ...line)),
  vagrant: (...line) =>
    timed(`vagrant ${line.join(' ')}`, rig.run(['vagrant', ...line], { cwd, timeoutMs: 20 * 60_000 })),
});

/** Both have the box and the machine that all are cloned from; then each in turn, from nothing. */
const buildRows = async ({ quintet, vagrant }: Bench, pairs: number): Promise<Row[]> => {
  await vagrant('up', 'web', '--no-provision');
  await vagrant('destroy', '-f');
  const plain: number[] = [];
  const ours: number[] = [];
  const again: number[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    plain.push(await vagrant('up'));
    await vagrant('destroy', '-f');
    ours.push((await quintet('up')) + (await quintet('verify', '--checks-only')));
    again.push(await quintet('up'), await quintet('up'));
    if (pair < pairs - 1) await quintet('destroy', '--yes');
  }
  const [of, to, nothing] = [median(plain), median(ours), median(again)];
  return [
    {
      what: 'VirtualBox (stand-in), five machines from nothing to every check green, box added',
      seen: `${(to / of).toFixed(2)} × plain \`vagrant up\` (${seconds(to)}, ${seconds(of)})`,
      bound: '0.45 ×',
      command: 'quintet up && quintet verify --checks-only',
    },
    {
      what: 'VirtualBox (stand-in), up with nothing to do',
      seen: seconds(nothing),
      bound: '3 s',
      command: 'quintet up',
    },
  ];
};

interface Happened {
  readonly type: string;
  readonly atMs: number;
  readonly latencyMs: number;
  readonly result: string;
}

/**
 * From the decision to cut the power to the last answer that still came: when the machine was gone for everybody outside of it,
 * to a probe's interval. VBoxManage itself returns later, when all is put away. In milliseconds, one per run.
 */
const cutsIn = async (lab: string): Promise<number[]> => {
  const last = (await readdir(join(lab, 'reports'))).sort().at(-1) ?? '';
  const lines = (await readFile(join(lab, 'reports', last, 'history.jsonl'), 'utf8')).trim().split('\n');
  const runs: Happened[][] = [];
  for (const event of lines.map((line): Happened => JSON.parse(line))) {
    if (event.type === 'run-started') runs.push([]);
    runs.at(-1)?.push(event);
  }
  return runs.flatMap((events) => {
    const cut = events.find(({ type }) => type === 'fault');
    const probes = events.filter(({ type }) => type === 'probe');
    const lost = probes.filter(({ result, atMs }) => cut && result !== 'ok' && atMs >= cut.atMs);
    if (cut === undefined || lost.length === 0) return [];
    const outageMs = Math.min(...lost.map(({ atMs }) => atMs));
    const answers = probes.filter(({ result, atMs }) => result === 'ok' && atMs < outageMs);
    return [Math.max(...answers.map(({ atMs, latencyMs }) => atMs + latencyMs)) - cut.atMs];
  });
};

/** What visitors notice of it is judged elsewhere. */
const powerRow = async (rig: Rig, lab: string, repeat: number): Promise<Row> => {
  await quintetOn(rig, { cwd: lab }, 'verify', 'power-cut', '--repeat', String(repeat));
  const cuts = await cutsIn(lab);
  if (cuts.length === 0) throw new Error('no power was cut');
  const [middle, most] = [median(cuts), Math.max(...cuts)].map((value) => `${Math.round(value)} ms`);
  return {
    what: 'VirtualBox (stand-in), from the decision to the power cut',
    seen: `median ${middle}, max ${most} of ${cuts.length}`,
    bound: '200 ms',
    command: `quintet verify power-cut --repeat ${repeat}`,
  };
};

/** The time of the machines' provisioning together, by the progress lines of `quintet up`. */
const provisioningIn = (progress: string): number => {
  const times = [...progress.matchAll(/: provision … done in (?:(\d+) min )?([\d.]+) s$/gm)];
  if (times.length !== 5) throw new Error(`not five machines were provisioned:\n${progress}`);
  return times.reduce((sum, [, minutes = '0', rest]) => sum + (Number(minutes) * 60 + Number(rest)) * 1000, 0);
};

interface Provisioned {
  /** Of the machines together, in milliseconds. */
  readonly machinesMs: number;
  /** Of the command, in milliseconds. */
  readonly upMs: number;
}

/** Machines that run already, and are yet to become what they are for. */
const provisioned = async (rig: Rig, name: string, settings: readonly string[]): Promise<Provisioned> => {
  const words = ['provider=virtualbox', ...settings].flatMap((one) => ['--set', one]);
  await timed(`quintet init ${name}`, quintetOn(rig, { cwd: rig.labs }, 'init', name, '--yes', ...words));
  const cwd = join(rig.labs, name);
  const { quintet, vagrant } = benchIn(rig, cwd);
  await vagrant('up', '--no-provision');
  const up = quintetOn(rig, { cwd }, 'up');
  const upMs = await timed('quintet up', up);
  const machinesMs = provisioningIn((await up).stderr);
  say(`of that, the machines together: ${seconds(machinesMs)}`);
  await quintet('destroy', '--yes');
  return { machinesMs, upMs };
};

/** The box is baked of the plain one; the packages that the plain one's machines install come from a cache on this computer. */
const bakedRow = async (rig: Rig): Promise<Row> => {
  const proxy = await startAptProxy(join(rigFolder, 'apt-cache'));
  try {
    await addPlainBox(rig, proxy.port);
    const box = join(rig.labs, 'baked.box');
    const words = ['--set', 'provider=virtualbox', '--set', `box.name=${plainBox}`];
    await timed('quintet init oven', quintetOn(rig, { cwd: rig.labs }, 'init', 'oven', '--yes', ...words));
    const oven = benchIn(rig, join(rig.labs, 'oven'));
    const bakeMs = await oven.quintet('bake', '-o', box);
    const plain = await provisioned(rig, 'of-plain', [`box.name=${plainBox}`]);
    const baked = await provisioned(rig, 'of-baked', ['box.name=quintet/baked', `box.url=${box}`]);
    const [ours, theirs] = [baked, plain].map(
      (one) => `${seconds(one.machinesMs)}, all of \`up\` ${seconds(one.upMs)}`,
    );
    return {
      what: `VirtualBox (stand-in), provisioning of five machines together, from a baked box (made in ${seconds(bakeMs)}) against a plain one whose packages lie on this computer`,
      seen: `${(baked.machinesMs / plain.machinesMs).toFixed(2)} × (${ours}; plain ${theirs})`,
      bound: '0.25 ×',
      command: 'quintet bake; quintet up',
    };
  } finally {
    await proxy.stop();
  }
};

export const vagrantRows = async (pairs = 2): Promise<Row[]> => {
  say('real Vagrant on the stand-in for VirtualBox …');
  const rig = await computerWithBox();
  const lab = join(rig.labs, 'lab');
  try {
    await timed('quintet init', quintetOn(rig, { cwd: rig.labs }, 'init', 'lab', '--yes', ...standInSettings));
    const bench = benchIn(rig, lab);
    const rows: Row[] = [];
    const found = (...more: Row[]) => {
      for (const { what, seen } of more) say(`${what}: ${seen}`);
      rows.push(...more);
    };
    found(...(await buildRows(bench, pairs)));
    found(await powerRow(rig, lab, 5));
    await bench.quintet('destroy', '--yes');
    found(await bakedRow(rig));
    return rows;
  } finally {
    await rig.remove();
  }
};

/** By itself: `node --import tsx test/bench-vagrant.ts [PAIRS]`. */
if (process.argv[1] === import.meta.filename) {
  for (const { what, seen, bound, command } of await vagrantRows(Number(process.argv[2] ?? 2)))
    console.log(`| ${what} | ${seen} | ${bound} | \`${command}\` |`);
}
