import { execa } from 'execa';

/** `npm test`: every stage in turn, each counted from its own runner; the last line is the sum. */

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

interface Stage {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  /** `tap`: the runner prints TAP, and each of its tests counts. Otherwise the stage counts as one. */
  readonly tap?: boolean;
}

const stages: readonly Stage[] = [
  { name: 'lint', argv: ['biome', 'check', '.'] },
  { name: 'types', argv: ['tsc', '--noEmit'] },
  { name: 'unit', argv: ['ava', '--tap'], tap: true },
  { name: 'real', argv: ['ava', '--tap', '--config', 'ava.real.config.js'], tap: true },
];

/** Told once more at the end, which is where one looks. */
const failures: string[] = [];

const countLine = (line: string, count: Count): void => {
  const result = /^(not )?ok \d+(?: - )?(.*)/.exec(line);
  if (!result) return;
  if (/# (SKIP|TODO)\b/i.test(line)) count.skipped += 1;
  else if (result[1]) {
    count.failed += 1;
    failures.push(result[2] || line);
  } else count.passed += 1;
};

const runStage = async (stage: Stage): Promise<Count> => {
  console.log(`\n=== ${stage.name}: ${stage.argv.join(' ')}`);
  const count: Count = { passed: 0, failed: 0, skipped: 0 };
  const [program, ...words] = stage.argv;
  const child = execa(program, words, { preferLocal: true, reject: false, all: true, buffer: false });
  for await (const line of child.iterable({ from: 'all' })) {
    console.log(line);
    if (stage.tap) countLine(String(line), count);
  }
  const { exitCode } = await child;
  if (!stage.tap) count[exitCode === 0 ? 'passed' : 'failed'] += 1;
  else if (exitCode !== 0 && count.failed === 0) count.failed += 1;
  else if (exitCode === 0 && count.passed === 0 && count.skipped === 0) count.failed += 1;
  if (count.failed > 0) failures.push(`${stage.name}: ${count.failed} failed`);
  return count;
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !stages.some((stage) => stage.name === name));
if (unknown.length > 0) throw new Error(`no such stage: ${unknown.join(', ')}`);

const total: Count = { passed: 0, failed: 0, skipped: 0 };
for (const stage of stages.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const count = await runStage(stage);
  for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += count[key];
}
if (total.skipped > 0) {
  console.log(`\n${total.skipped} tests were SKIPPED for want of something on this computer: look for "# SKIP" above.`);
}
if (total.skipped > 0 && process.env.CI) total.failed += 1;
if (failures.length > 0) console.log(`\nFAILED:\n${failures.map((title) => `  ${title}`).join('\n')}`);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;
