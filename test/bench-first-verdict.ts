import { mkdtemp, rename, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { exists } from '../src/host/files.js';

/**
 * `node --import tsx test/bench-first-verdict.ts OLD NEW [ROUNDS]`: how long a newcomer waits for the first verdict, with two
 * checkouts in turn on one computer. Each round: a clone, `npm ci`, `npm start -- --yes` without any base, then `quintet verify`
 * of everything. As root; the bases that are there are put aside meanwhile and come back, whatever happens.
 */

const [, , old, next, rounds = '1'] = process.argv;
if (old === undefined || next === undefined) throw new Error('usage: bench-first-verdict.ts OLD NEW [ROUNDS]');

const bases = '/var/lib/quintet/bases';
const aside = `${bases}.aside-${process.pid}`;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

interface Times {
  readonly install: number;
  readonly base: number;
  readonly start: number;
  readonly everything: number;
  readonly exitCodes: string;
}

const timed = async <T>(action: () => Promise<T>): Promise<readonly [number, T]> => {
  const from = performance.now();
  const result = await action();
  return [(performance.now() - from) / 1000, result];
};

/** From the first step that builds a base until the last one of them is done, as the progress lines tell. */
const baseSeconds = (lines: readonly { readonly atMs: number; readonly text: string }[]): number => {
  const told = lines.filter(({ text }) => /build the .* base/.test(text));
  const [first, last] = [told[0]?.atMs ?? 0, told.at(-1)?.atMs ?? 0];
  return (last - first) / 1000;
};

const startAll = async (clone: string): Promise<{ readonly exitCode: number | undefined; readonly base: number }> => {
  const lines: { atMs: number; text: string }[] = [];
  const run = execa('npm', ['start', '--', '--yes'], { cwd: clone, reject: false, all: true });
  for await (const text of run.iterable({ from: 'all' })) lines.push({ atMs: performance.now(), text });
  return { exitCode: (await run).exitCode, base: baseSeconds(lines) };
};

const oneRound = async (checkout: string): Promise<Times> => {
  const room = await mkdtemp(join(tmpdir(), 'quintet-bench-'));
  const clone = join(room, 'clone');
  const quintet = (...argv: string[]) =>
    execa('node', [join(clone, 'bin', 'quintet.js'), ...argv], { cwd: join(clone, 'quintet-lab'), reject: false });
  await rm(bases, { recursive: true, force: true });
  try {
    const [install] = await timed(async () => {
      await execa('git', ['clone', '--quiet', resolve(checkout), clone]);
      await execa('npm', ['ci'], { cwd: clone });
    });
    const [start, { exitCode, base }] = await timed(() => startAll(clone));
    const [everything, all] = await timed(() => quintet('verify'));
    return { install, base, start, everything, exitCodes: `${exitCode}, ${all.exitCode}` };
  } finally {
    await quintet('destroy', '--yes').catch(() => undefined);
    await rm(room, { recursive: true, force: true });
  }
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const row = (what: string, of: (times: Times) => number, all: readonly (readonly [Times, Times])[]): string => {
  const [before, after] = [0, 1].map((which) => median(all.map((pair) => of(pair[which] as Times)))) as [
    number,
    number,
  ];
  return `| ${what} | ${before.toFixed(1)} s | ${after.toFixed(1)} s | ${(after / before).toFixed(2)} × |`;
};

// Ctrl-C ends what is being measured; what was put aside still comes back.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
if (await exists(bases)) await rename(bases, aside);
const pairs: (readonly [Times, Times])[] = [];
try {
  for (let round = 1; round <= Number(rounds); round += 1) {
    const order = round % 2 === 1 ? ([old, next] as const) : ([next, old] as const);
    const seen: Times[] = [];
    for (const checkout of order) {
      say(`round ${round}: ${checkout} …`);
      seen.push(await oneRound(checkout));
      say(JSON.stringify(seen.at(-1)));
    }
    const [one, other] = seen as [Times, Times];
    pairs.push(order[0] === old ? [one, other] : [other, one]);
  }
} finally {
  await rm(bases, { recursive: true, force: true });
  if (await exists(aside)) await rename(aside, bases);
}
process.stdout.write(
  `${[
    `On ${cpus().length} cores (${cpus()[0]?.model}, Node ${process.versions.node}), ${rounds} rounds, medians:`,
    '',
    '| what | old | new | |',
    '| --- | --- | --- | --- |',
    row('git clone and npm ci', ({ install }) => install, pairs),
    row('of npm start -- --yes: the base', ({ base }) => base, pairs),
    row('npm start -- --yes until the first verdict', ({ start }) => start, pairs),
    row('from git clone to the first verdict', ({ install, start }) => install + start, pairs),
    row('quintet verify, everything', ({ everything }) => everything, pairs),
  ].join('\n')}\n`,
);
