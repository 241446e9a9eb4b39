import { systemClock } from '../host/clock.js';
import type { Hear } from '../model/events.js';
import { paint as coloursOf } from './paint.js';
import type { Look } from './progress-lines.js';
import { plainLine } from './progress-plain.js';
import { closeProgress, emptyView, foldProgress } from './progress-view.js';
import { shown, visible } from './visible.js';

/** What a person sees of the stream of events. `end` leaves the last state on the screen and gives the cursor back. */
export interface Progress {
  readonly hear: Hear;
  end(): void;
}

export type ProgressMode = 'live' | 'plain' | 'verbose' | 'quiet';

export interface ProgressOptions {
  readonly mode: ProgressMode;
  /** Words for people go to standard error. */
  readonly stream: NodeJS.WriteStream;
  /** Those that are shown as waiting before anything happens to them. */
  readonly machines?: readonly string[];
  readonly color?: boolean;
  readonly unicode?: boolean;
  /** On the clock that the events are stamped by. */
  readonly nowMs?: () => number;
  /** The user's Ctrl-C: whatever is said about it then stays, and the live lines go on below it. */
  readonly signal?: AbortSignal;
}

/** How to show progress: lines that follow one another wherever a line can't be painted over. */
export const progressMode = (asked: {
  readonly isTerminal: boolean;
  readonly quiet?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  readonly term?: string | undefined;
}): ProgressMode => {
  if (asked.quiet) return 'quiet';
  if (asked.verbose) return 'verbose';
  return asked.isTerminal && asked.term !== 'dumb' ? 'live' : 'plain';
};

export const startProgress = async (options: ProgressOptions): Promise<Progress> => {
  if (options.mode === 'quiet') return { hear: () => undefined, end: () => undefined };
  return options.mode === 'live' ? live(options) : lineByLine(options);
};

const lineByLine = ({ mode, stream }: ProgressOptions): Progress => ({
  hear: (event) => {
    const line = plainLine(event, mode === 'verbose');
    if (line !== undefined && line !== '') stream.write(`${visible(line)}\n`);
  },
  end: () => undefined,
});

/** How often the live lines are painted. */
const paintMs = 100;

/** Lines that are painted over. The terminal's width is asked for each time: people resize windows. */
const live = async (options: ProgressOptions): Promise<Progress> => {
  const { createLogUpdate } = await import('log-update');
  const { asciiSymbols, lastingLine, progressLines, unicodeSymbols } = await import('./progress-lines.js');
  const { stream, machines = [], nowMs = systemClock.nowMs } = options;
  const paint = createLogUpdate(stream);
  const chalk = coloursOf(options.color ?? true);
  const safe = shown(options.color ?? true);
  const symbols = options.unicode === false ? asciiSymbols : unicodeSymbols;
  const look = (): Look => ({ columns: stream.columns || 80, chalk, symbols });
  let view = emptyView(machines);
  let ended = false;
  const draw = () => {
    const lines = progressLines(view, nowMs(), look());
    if (lines.length === 0) paint.clear();
    else paint(safe(lines.join('\n')));
  };
  const goOnBelow = () => {
    paint.done();
    draw();
  };
  options.signal?.addEventListener('abort', goOnBelow, { once: true });
  const timer = setInterval(draw, paintMs);
  timer.unref();
  draw();
  return {
    hear: (event) => {
      if (ended) return;
      view = foldProgress(view, event);
      const line = lastingLine(event, look());
      if (line === undefined) return;
      paint.clear();
      stream.write(`${safe(line)}\n`);
      draw();
    },
    end: () => {
      if (ended) return;
      ended = true;
      clearInterval(timer);
      options.signal?.removeEventListener('abort', goOnBelow);
      view = closeProgress(view, nowMs());
      draw();
      paint.done();
    },
  };
};
