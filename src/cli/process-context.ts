import type { WriteStream } from 'node:tty';
import { wrappedLines } from '../model/wrapped.js';
import type { Context } from './context.js';
import { shown, visible } from './visible.js';

interface Ending {
  /** Ends the process at once. */
  readonly end: () => void;
  /** What is to be done after that. */
  readonly afterwards?: string | undefined;
}

/** The context of a real process, which the second Ctrl-C ends at once. */
export const processContext = (verb: string, common: Readonly<Record<string, unknown>>, ending: Ending): Context => {
  const { stdin, stdout, stderr, env } = process;
  const quiet = common.quiet === true;
  const yes = common.yes === true;
  const ci = isCi(env);
  const interrupts = listen(ending);
  const [color, outColor] = [isColourful(stderr, process.argv), isColourful(stdout, process.argv)];
  const [forPeople, forAll] = [shown(color), shown(outColor)];
  return {
    verb,
    labDir: typeof common.labDir === 'string' ? common.labDir : undefined,
    yes,
    quiet,
    verbose: common.verbose === true,
    trust: common.trust === true,
    cwd: process.cwd(),
    env,
    interactive: stdin.isTTY === true && stderr.isTTY === true && !ci && !yes,
    live: stderr.isTTY === true && !ci && env.TERM !== 'dumb',
    color,
    outColor,
    columns: stderr.columns ?? 80,
    signal: interrupts.signal,
    readerLeft: whenReaderLeaves(stdout),
    out: (text) => void stdout.write(forAll(text.endsWith('\n') ? text : `${text}\n`)),
    raw: {
      isTerminal: stdout.isTTY === true,
      stdout: (text) => void stdout.write(stdout.isTTY ? visible(text) : text),
      stderr: (text) => void stderr.write(stderr.isTTY ? visible(text) : text),
    },
    say: (text) => void (quiet || stderr.write(`${forPeople(inRows(text, stderr))}\n`)),
    prompts: async () =>
      (await import('./inquirer-prompts.js')).inquirerPrompts(stdin, stderr, { color, shown: forPeople }),
    handOver: interrupts.handOver,
  };
};

/** Broken between words where a terminal would break them anywhere; a log keeps its lines. */
export const inRows = (text: string, { isTTY, columns }: Pick<WriteStream, 'isTTY' | 'columns'>): string =>
  isTTY && columns > 0 ? wrappedLines(text, columns) : text;

const whenReaderLeaves = (stream: NodeJS.WriteStream): AbortSignal => {
  const controller = new AbortController();
  stream.on('error', () => controller.abort());
  return controller.signal;
};

const isCi = (env: NodeJS.ProcessEnv): boolean => !['', '0', 'false', undefined].includes(env.CI);

/** Colours: on a terminal, unless NO_COLOR (https://no-color.org) or --no-color says otherwise; FORCE_COLOR forces them. */
export const isColourful = (stream: Pick<WriteStream, 'isTTY'>, argv: readonly string[]): boolean => {
  const { NO_COLOR: no, FORCE_COLOR: forced, TERM: terminal } = process.env;
  if (argv.includes('--no-color') || (no ?? '') !== '') return false;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return stream.isTTY === true && terminal !== 'dumb';
};

/**
 * The first interrupt asks the work under way to stop cleanly, the second one ends the process at once. A terminal that is closed
 * says so more than once (the kernel to whoever is in front, the shell to its jobs), and nobody means anything by that.
 */
const listen = ({ end, afterwards }: Ending) => {
  const controller = new AbortController();
  let handedOver = 0;
  const say = (text: string) => void process.stderr.write(inRows(text, process.stderr));
  const force = () => {
    say(`\nStopped at once.${afterwards === undefined ? '' : ` ${afterwards}`}\n`);
    end();
  };
  const onSignal = (signal: NodeJS.Signals) => {
    if (handedOver > 0 && signal === 'SIGINT') return;
    if (controller.signal.aborted) return signal === 'SIGHUP' ? undefined : force();
    say('\nStopping cleanly; Ctrl-C once more stops at once.\n');
    controller.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  return {
    signal: controller.signal,
    handOver: async <T>(action: () => Promise<T>): Promise<T> => {
      handedOver += 1;
      try {
        return await action();
      } finally {
        handedOver -= 1;
      }
    },
  };
};
