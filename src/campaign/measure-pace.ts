import { UnknownError } from '../model/errors.js';
import { type Pace, slowest, usualPace } from '../model/pace.js';
import type { Plan } from '../model/plan.js';
import type { Provider } from '../providers/provider.js';

/** Starts a small program forty times and prints how long that took, in microseconds. */
const starter = `
from=\${EPOCHREALTIME/[.,]/}
for _ in {1..40}; do /bin/true; done
echo $((\${EPOCHREALTIME/[.,]/} - from))
`;
const starts = 40;
const limitMs = 30_000;

/** What a start costs, in milliseconds, where the scenarios' amounts of time were chosen. */
const usualMs = 2;
/** Below, it is none worth telling. */
const least = 1.5;

/** Where a start costs this much, health checks time out by themselves: nothing can be found out. */
const hopelessMs = 100;

const hopeless = (costMs: number) =>
  new UnknownError(
    `This computer is too busy to find anything out: to start a program takes ${Math.round(costMs)} ms there, and ${usualMs} ms are usual.`,
    { hint: 'Close other programs and halt other labs (quintet halt), then run the same command again.' },
  );

const median = (values: readonly number[]): number | undefined =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];

/**
 * How many times as long as usual the lab's machines need to start a program, 1 or more, to a tenth: nearly all that
 * they do beyond waiting for timers is that. One after the other, as they are on an idle computer; the usual
 * pace where none says. An UnknownError where a start takes so long that nothing could be found out.
 */
export const measurePace = async ({ machines }: Pick<Plan, 'machines'>, provider: Provider): Promise<Pace> => {
  const costs: number[] = [];
  for (const { name } of machines) {
    const told = await provider.exec(name, ['bash', '-c', starter], { timeoutMs: limitMs }).catch(() => undefined);
    const tookUs = Number(told?.exitCode === 0 && told.stdout.trim() ? told.stdout : Number.NaN);
    if (tookUs > 0) costs.push(tookUs / 1000 / starts);
  }
  const costMs = median(costs) ?? 0;
  if (costMs > hopelessMs * slowest(provider.pace)) throw hopeless(costMs);
  const times = Math.round((costMs / usualMs) * 10) / 10;
  return times < least ? usualPace : times;
};
