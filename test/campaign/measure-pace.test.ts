import test from 'ava';
import { measurePace } from '../../src/campaign/measure-pace.js';
import { run } from '../../src/host/command.js';
import { UnknownError } from '../../src/model/errors.js';
import type { ExecResult, Provider } from '../../src/providers/provider.js';
import { plan } from '../check/plans.js';

/** Machines of which each says that its forty starts took so long, in milliseconds. */
const taking = (...tookMs: readonly number[]): Provider => {
  const left = [...tookMs];
  return {
    exec: async (): Promise<ExecResult> => {
      const ms = left.shift();
      if (ms === undefined) throw new Error('off');
      return { exitCode: 0, stdout: `${ms * 1000}\n`, stderr: '' };
    },
  } as unknown as Provider;
};

for (const [tookMs, pace] of [
  [[60, 80, 100, 80, 80], 1],
  [[110, 110, 110, 110, 110], 1],
  [[240, 250, 260, 4000, 230], 3.1],
  [[3000, 3000], 37.5],
  [[], 1],
] as const) {
  test(`forty starts in ${tookMs.join(', ') || 'no'} ms are ${pace} times as slow as usual`, async (t) =>
    t.is(await measurePace(plan, taking(...tookMs)), pace));
}

test('where a start takes longer than health checks wait nothing can be found out', async (t) => {
  const error = await t.throwsAsync(measurePace(plan, taking(4400, 4400, 4400)), { instanceOf: UnknownError });
  t.regex(error?.message ?? '', /to start a program takes 110 ms there, and 2 ms are usual/);
  t.is(
    await measurePace(plan, { ...taking(4400, 4400, 4400), pace: 6 }),
    55,
    'an emulated processor is no such computer',
  );
});

test('a machine that can’t tell is left out', async (t) => {
  const provider = { exec: async () => ({ exitCode: 127, stdout: '', stderr: 'bash: not found' }) };
  t.is(await measurePace(plan, provider as unknown as Provider), 1);
});

test('a real machine tells its time', async (t) => {
  const told: string[] = [];
  const provider = {
    exec: async (_machine: string, argv: readonly string[]) => {
      const result = await run(argv);
      told.push(result.stdout.trim());
      return result;
    },
  };
  const pace = await measurePace(plan, provider as unknown as Provider);
  t.true(pace >= 1);
  for (const microseconds of told) t.regex(microseconds, /^\d{4,7}$/);
  t.is(told.length, plan.machines.length);
});
