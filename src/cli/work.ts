import { systemClock } from '../host/clock.js';
import { type EventStream, openStream } from '../host/event-stream.js';
import { withLock } from '../host/lock.js';
import type { Emit } from '../model/events.js';
import type { Plan } from '../model/plan.js';
import type { Context } from './context.js';
import type { OpenedLab } from './open-lab.js';
import { progressMode, startProgress } from './progress.js';

/** Does some work on a lab while nobody else does. */
export const locked = <T>(
  { signal }: Pick<Context, 'signal'>,
  { site }: Pick<OpenedLab, 'site'>,
  work: () => Promise<T>,
): Promise<T> => withLock(`lab-${site.id}`, { what: `The lab in ${site.folder}`, signal }, work);

/** The same, and shows its events; `machines` as for `showing`. */
export const working = <T>(
  context: Context,
  opened: Pick<OpenedLab, 'site'>,
  machines: readonly string[],
  work: (emit: Emit, stream: EventStream) => Promise<T>,
): Promise<T> =>
  locked(context, opened, async () => {
    // A question would not be seen among what is shown.
    await opened.site.vouch?.();
    return showing(context, machines, work);
  });

/** The machines that were named, or all. */
export const chosen = (plan: Plan, names: readonly string[]): readonly string[] =>
  names.length > 0 ? names : plan.machines.map(({ name }) => name);

/** Shows the events of some work; `machines` are those that wait before anything happens to them. */
export const showing = async <T>(
  context: Context,
  machines: readonly string[],
  work: (emit: Emit, stream: EventStream) => Promise<T>,
): Promise<T> => {
  const { live, quiet, verbose, color, signal, verb, hear } = context;
  const progress = await startProgress({
    mode: progressMode({ isTerminal: live, quiet, verbose }),
    stream: process.stderr,
    machines,
    color,
    signal,
  });
  try {
    const stream = openStream(verb, systemClock, [progress.hear, ...(hear ? [hear] : [])]);
    return await work(stream.emit, stream);
  } finally {
    progress.end();
  }
};
