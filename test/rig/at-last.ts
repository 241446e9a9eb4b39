import { readFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';

/**
 * The one rule for tests on a computer that may be busy: where nothing could be found out it is asked once more, and what is
 * found then stands. What failed has failed: nothing is tried until it passes.
 */
export const onceMore = async <T>(ask: () => Promise<T>, isUnknown: (found: T) => boolean): Promise<T> => {
  const first = await ask();
  return isUnknown(first) ? ask() : first;
};

/** For how long, since it started, something on this computer was ready to run and could not, in milliseconds; 0 where nobody counts it. */
const pressureMs = (): number => {
  try {
    return Number(/total=(\d+)/.exec(readFileSync('/proc/pressure/cpu', 'utf8'))?.[1] ?? 0) / 1000;
  } catch {
    return 0;
  }
};

/** What was found, and for how long this computer had no time to give meanwhile, in milliseconds. */
export const besides = async <T>(ask: () => Promise<T>): Promise<{ readonly found: T; readonly stolenMs: number }> => {
  const beforeMs = pressureMs();
  const found = await ask();
  return { found, stolenMs: pressureMs() - beforeMs };
};

/** So much of it may be the test's own doing. */
const inTheWayMs = 50;

/**
 * A test that measures time, alone in its file meanwhile. One that failed while the computer had no time to give has found out
 * nothing.
 */
export const timed = (title: string, body: (t: ExecutionContext) => Promise<void>): void =>
  test.serial(title, async (t) => {
    const attempt = async () => {
      const { found: tried, stolenMs } = await besides(() => t.try(body));
      return { tried, stolenMs };
    };
    const isUnknown = ({ tried, stolenMs }: Awaited<ReturnType<typeof attempt>>): boolean => {
      const unknown = !tried.passed && stolenMs > inTheWayMs;
      if (unknown) {
        t.log(`once more: for ${stolenMs.toFixed(0)} ms this computer had no time to give`);
        tried.discard();
      }
      return unknown;
    };
    // The second one stands, whatever it says.
    (await onceMore(attempt, isUnknown)).tried.commit();
  });
