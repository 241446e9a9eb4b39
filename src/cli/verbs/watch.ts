import { readOpenFaults } from '../../campaign/open-faults.js';
import { watch as watchLab } from '../../campaign/watch.js';
import { systemClock } from '../../host/clock.js';
import { openStream } from '../../host/event-stream.js';
import { ComputerError } from '../../model/errors.js';
import type { Hear } from '../../model/events.js';
import { faultWords } from '../../model/fault-words.js';
import type { HistoryEvent } from '../../model/history.js';
import type { Provider } from '../../providers/provider.js';
import { type Context, type RunVerb, textOption } from '../context.js';
import { countOption, durationOption } from '../number-options.js';
import { type OpenedLab, openLab } from '../open-lab.js';
import { paint } from '../paint.js';
import { providerOf } from '../providers.js';
import { shown } from '../visible.js';
import { watchLines } from '../watch/watch-lines.js';
import { foldWatched, holderWords, nothingSeen, type Told, toldOf } from '../watch/watched.js';

const usualRate = 20;
/** Nobody looks longer than that, and whoever was forgotten ends by itself. */
const longestS = 12 * 3600;

export const watch: RunVerb = async (context, words) => {
  const opened = await openLab(context);
  const ratePerSecond = countOption(words, 'rate', 2, 200) ?? usualRate;
  const mostS = (durationOption(words, 'for') ?? longestS * 1000) / 1000;
  const asJson = textOption(words, 'format') === 'json';
  const provider = await providerOf(opened.site);
  await requireSomethingRuns(opened, provider);
  const screen = asJson ? jsonLines(context) : await screenFor(context, opened);
  const signal = AbortSignal.any([context.signal, context.readerLeft]);
  try {
    const { emit } = openStream(context.verb, systemClock, [screen.hear]);
    await watchLab(opened.site, provider, { ratePerSecond, mostS, emit, signal });
  } finally {
    screen.end();
  }
  return 0;
};

const requireSomethingRuns = async ({ plan }: OpenedLab, provider: Provider): Promise<void> => {
  const states = await Promise.all(plan.machines.map(({ name }) => provider.state(name)));
  if (states.includes('running')) return;
  throw new ComputerError('No machine of this lab runs.', { hint: 'quintet up brings them up.' });
};

interface Screen {
  readonly hear: Hear;
  end(): void;
}

const jsonLines = (context: Context): Screen => ({
  hear: (event) => context.out(JSON.stringify(event)),
  end: () => undefined,
});

const paintMs = 100;

/** What is seen as a picture that is drawn over, and changes as lines above it; lines alone where nothing can be drawn over. */
const screenFor = async (context: Context, { plan, folder }: OpenedLab): Promise<Screen> => {
  const { limitMs } = plan.verify;
  const paths = { static: plan.site.static.path, dynamic: plan.site.dynamic.path };
  let view = nothingSeen;
  let faults: readonly string[] = [];
  const picture = context.live ? await drawnOver(context) : undefined;
  const heading = `${plan.title}: https://${plan.network.siteName}/ at ${plan.network.vip}`;
  const draw = () => picture?.draw((look) => watchLines(view, { ...look, heading, paths, faults, limitMs }));
  const readFaults = async () => {
    const open = await readOpenFaults(folder).catch(() => []);
    faults = open.map((fault) => `${faultWords(fault)} on ${fault.machine}`);
  };
  const timers = [setInterval(draw, paintMs), setInterval(() => void readFaults(), 1000)];
  let isFirst = true;
  if (!context.live) context.say(heading);
  return {
    hear: (event) => {
      if (!('atMs' in event)) return;
      const before = view;
      view = foldWatched(before, event, limitMs);
      const told = isFirst && event.type === 'vip' && !picture ? first(event) : toldOf(before, view, event);
      if (event.type === 'vip') isFirst = false;
      if (told === undefined) return;
      if (picture) picture.keep(lineOf(told));
      else context.out(lineOf(told));
    },
    end: () => {
      for (const timer of timers) clearInterval(timer);
      draw();
      picture?.end();
    },
  };
};

const first = ({ atMs, holders }: Extract<HistoryEvent, { type: 'vip' }>): Told => ({
  atMs,
  text: holderWords(holders),
});

const lineOf = ({ atMs, text }: Told): string => `${(atMs / 1000).toFixed(2).padStart(8)} s  ${text}`;

const drawnOver = async ({ color }: Context) => {
  const { createLogUpdate } = await import('log-update');
  const stream = process.stderr;
  const update = createLogUpdate(stream);
  const safe = shown(color);
  const look = () => ({ columns: stream.columns || 80, chalk: paint(color) });
  return {
    draw: (lines: (of: ReturnType<typeof look>) => string[]) => update(safe(lines(look()).join('\n'))),
    keep: (line: string) => {
      update.clear();
      stream.write(`${safe(line)}\n`);
    },
    end: () => update.done(),
  };
};
