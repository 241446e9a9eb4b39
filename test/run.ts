import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { buildTests } from './build-tests.js';
import { notFoundOut } from './rig/findings.js';
import { removeLabOf } from './rig/shared-room.js';
import { writeTimes } from './times.js';

/**
 * `npm test`, `npm run test:more` and `npm run test:long`: stages in turn, each counted from its own runner; the last line is the
 * sum. Also takes test files in place of stages, e.g. `npm run test:file test/more/kill.test.ts`. `--table` keeps the times in
 * docs/testing.md.
 */

const tiers = ['real', 'attacks', 'more', 'long'] as const;
type Tier = (typeof tiers)[number];
const isTier = (name: string): name is Tier => (tiers as readonly string[]).includes(name);

interface Stage {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  /** `tap`: the runner prints TAP, and each of its tests counts. Otherwise the stage counts as one. */
  readonly tap?: boolean;
  readonly tier?: Tier | 'unit';
  readonly env?: Readonly<Record<string, string>>;
  /** Runs while another such stage does, and says what it says when it has ended. */
  readonly beside?: boolean;
}

export interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

export interface Timed extends Count {
  readonly name: string;
  readonly tier: Tier | 'unit';
  readonly seconds: number;
}

const builtName = (file: string): string => `.test-build/${file.replace(/\.ts$/, '.js')}`;

const tierOf = (file: string): Tier | 'unit' => {
  const folder = file.split('/')[1] ?? '';
  return isTier(folder) ? folder : 'unit';
};

/** A test file of a tier as a stage: a process of its own, so that its time is its own. */
const fileStage = (file: string): Stage => ({
  name: file,
  argv: ['ava', '--tap', '--config', 'ava.real.config.js', builtName(file)],
  tap: true,
  tier: tierOf(file),
});

const filesOf = async (tier: Tier): Promise<string[]> =>
  (await readdir(join('test', tier)))
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
    .map((file) => `test/${tier}/${file}`);

/** Attacks that need no machine are one command after the other, which one processor does. */
const attackStages = async (): Promise<Stage[]> => {
  const stages = (await filesOf('attacks')).map(fileStage);
  const texts = await Promise.all(stages.map(({ name }) => readFile(name, 'utf8')));
  const isAlone = (_: Stage, index: number) => /\b(?:shared|own)Lab\(\)/.test(texts[index] ?? '');
  const beside = stages.filter((stage, index) => !isAlone(stage, index)).map((stage) => ({ ...stage, beside: true }));
  return [...beside, ...stages.filter(isAlone)];
};

/** Files whose every case is tried before a release: those that use test/rig/matrix.ts. */
const withMatrix = async (): Promise<string[]> => {
  const files = [...(await filesOf('attacks')), ...(await filesOf('more'))];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return files.filter((_, index) => texts[index]?.includes("'../rig/matrix.js'"));
};

const longStages = async (): Promise<Stage[]> => [
  ...(await withMatrix()).map(
    (file): Stage => ({
      ...fileStage(file),
      name: `${file}, every case`,
      tier: 'long',
      env: { QUINTET_TEST_MATRIX: '1' },
    }),
  ),
  {
    name: 'test/render/programs.test.ts, every case',
    argv: ['ava', '--tap', 'test/render/programs.test.ts'],
    tap: true,
    tier: 'long',
    env: { QUINTET_TEST_MATRIX: '1', QUINTET_TESTS_BUILT: '' },
  },
  ...(await filesOf('long')).map(fileStage),
  ...['neighbours', 'first-looks'].map((name): Stage => {
    const file = `test/long/${name}.ts`;
    return { name: file, argv: ['node', '--import', 'tsx', file], tier: 'long' };
  }),
];

const stagesOf = async (wanted: string): Promise<Stage[]> => {
  if (wanted === 'lint') return [{ name: 'lint', argv: ['biome', 'check', '.'] }];
  if (wanted === 'types') return [{ name: 'types', argv: ['tsc', '--noEmit'] }];
  if (wanted === 'unit') return [{ name: 'unit', argv: ['ava', '--tap'], tap: true, tier: 'unit' }];
  if (wanted === 'long') return longStages();
  if (wanted === 'attacks') return attackStages();
  if (isTier(wanted)) return (await filesOf(wanted)).map(fileStage);
  if (!/^test\/.*\.test\.ts$/.test(wanted)) throw new Error(`no such stage: ${wanted}`);
  if (tierOf(wanted) !== 'unit') return [fileStage(wanted)];
  return [{ name: wanted, argv: ['ava', '--tap', '--no-worker-threads', wanted], tap: true }];
};

/** Told once more at the end, which is where one looks. */
const failures: string[] = [];

/** What a computer without time to give left unknown: neither passed nor failed by that, and told. */
const leftOpen: string[] = [];

/** A run that leaves more of it unknown has found out too little to be called passed. */
const mostLeftOpen = 8;

/** So many of the last words of what failed are told with it. */
const lastWords = 12;

/** Keeps the last words of each failed test with its title: its runner gives them in a block after it. */
const keepBlock = () => {
  let block: string[] = [];
  return (line: string): void => {
    if (/^(not )?ok \d/.test(line) || /^ {2}---$/.test(line)) block = [];
    else if (/^ {4}at: /.test(line) || /^ {2}\.\.\.$/.test(line)) {
      const last = block.filter((each) => each.trim() !== '').slice(-lastWords);
      if (last.length > 0) failures.push(...last.map((each) => each.slice(0, 300)));
      block = [];
    } else if (line.startsWith('    ')) block.push(line);
  };
};

const countLine = (line: string, count: Count): void => {
  const result = /^(not )?ok \d+(?: - )?(.*)/.exec(line);
  if (!result) return;
  const title = result[2] || line;
  if (/# (SKIP|TODO)\b/i.test(line)) {
    // Where everything is there nothing may be left out: see .ci/run.
    if (process.env.CI) failures.push(`skipped: ${title}`);
    count[process.env.CI ? 'failed' : 'skipped'] += 1;
  } else if (result[1]) {
    count.failed += 1;
    failures.push(title);
  } else count.passed += 1;
};

const runStage = async (stage: Stage, env: Readonly<Record<string, string>>): Promise<Count> => {
  const kept: string[] = [];
  const say = (line: string) => (stage.beside ? kept.push(line) : console.log(line));
  say(`\n=== ${stage.name}: ${stage.argv.join(' ')}`);
  const count: Count = { passed: 0, failed: 0, skipped: 0 };
  const keepWords = keepBlock();
  const [program, ...rest] = stage.argv;
  const child = execa(program, rest, {
    preferLocal: true,
    reject: false,
    all: true,
    buffer: false,
    env: { ...env, ...stage.env },
  });
  for await (const line of child.iterable({ from: 'all' })) {
    say(String(line));
    if (stage.tap) {
      countLine(String(line), count);
      keepWords(String(line));
    }
    const [, open] = String(line).split(notFoundOut);
    if (open !== undefined) leftOpen.push(open);
  }
  const { exitCode } = await child;
  if (kept.length > 0) console.log(kept.join('\n'));
  if (!stage.tap) count[exitCode === 0 ? 'passed' : 'failed'] += 1;
  else if (exitCode !== 0 && count.failed === 0) count.failed += 1;
  else if (exitCode === 0 && count.passed + count.failed + count.skipped === 0) count.failed += 1;
  if (count.failed > 0) failures.push(`${stage.name}: ${count.failed} failed`);
  return count;
};

const argv = process.argv.slice(2);
const stages = (await Promise.all(argv.filter((word) => !word.startsWith('--')).map(stagesOf))).flat();

const room = await mkdtemp(join(tmpdir(), 'quintet-test-'));
let tidied: Promise<void> | undefined;
const tidy = (): Promise<void> => {
  tidied ??= removeLabOf(room).finally(() => rm(room, { recursive: true, force: true }));
  return tidied;
};
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interrupted = true;
  });
}

const total: Count = { passed: 0, failed: 0, skipped: 0 };
const times: Timed[] = [];

const takeStage = async (stage: Stage): Promise<void> => {
  const fromMs = performance.now();
  const fromSource = stage.tap && stage.tier === undefined;
  const count = await runStage(stage, { QUINTET_TEST_ROOM: room, QUINTET_TESTS_BUILT: fromSource ? '' : '1' });
  for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += count[key];
  const seconds = (performance.now() - fromMs) / 1000;
  if (stage.tier) times.push({ name: stage.name, tier: stage.tier, seconds, ...count });
  console.log(`=== ${stage.name}: ${seconds.toFixed(0)} s`);
};

try {
  if (stages.some(({ tap }) => tap)) {
    await execa('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 'inherit', 'inherit'] });
    await buildTests();
  }
  const left = [...stages];
  while (left.length > 0 && !interrupted) {
    const alone = left.findIndex(({ beside }) => !beside);
    const together = left.splice(0, alone < 0 ? left.length : Math.max(alone, 1));
    const lane = async (): Promise<void> => {
      for (let next = together.shift(); next !== undefined && !interrupted; next = together.shift())
        await takeStage(next);
    };
    await Promise.all([lane(), lane()]);
  }
} finally {
  await tidy();
}

console.log(`\n${times.map(({ name, seconds }) => `${seconds.toFixed(0).padStart(6)} s  ${name}`).join('\n')}`);
if (argv.includes('--table')) await writeTimes(times, `node --import tsx test/run.ts ${argv.join(' ')}`);
if (total.skipped > 0) {
  console.log(`\n${total.skipped} tests were SKIPPED for want of something on this computer: look for "# SKIP" above.`);
}
if (leftOpen.length > 0) {
  console.log(
    `\nThis computer left ${leftOpen.length} findings unknown:\n${leftOpen.map((text) => `  ${text}`).join('\n')}`,
  );
}
if (leftOpen.length > mostLeftOpen) {
  total.failed += 1;
  failures.push(`${leftOpen.length} findings unknown, at most ${mostLeftOpen} may be`);
}
if (interrupted) {
  total.failed += 1;
  failures.push('interrupted');
}
if (failures.length > 0) console.log(`\nFAILED:\n${failures.map((title) => `  ${title}`).join('\n')}`);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;
