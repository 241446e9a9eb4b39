import { type Pace, usualPace } from '../model/pace.js';
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
/** Below, it is none worth telling; above, there is no more to be said about time. */
const least = 1.5;
const most = 5;

const median = (values: readonly number[]): number | undefined =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];

/**
 * How many times as long as usual the lab's machines need to start a program, between 1 and 5, to a tenth: nearly all that
 * they do beyond waiting for timers is that. One after the other, as they are on an idle computer; 1 where none says.
 */
export const measurePace = async ({ machines }: Pick<Plan, 'machines'>, provider: Provider): Promise<Pace> => {
  const costs: number[] = [];
  for (const { name } of machines) {
    const told = await provider.exec(name, ['bash', '-c', starter], { timeoutMs: limitMs }).catch(() => undefined);
    const tookUs = Number(told?.exitCode === 0 && told.stdout.trim() ? told.stdout : Number.NaN);
    if (tookUs > 0) costs.push(tookUs / 1000 / starts);
  }
  const times = Math.round(((median(costs) ?? 0) / usualMs) * 10) / 10;
  return times < least ? usualPace : Math.min(most, times);
};
