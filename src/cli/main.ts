import { exitCodes } from './exit-code.js';
import { readCommandLine } from './program.js';
import { version } from './version.js';

/** The only place that ends the process. */
const end = (code: number): never => process.exit(code);

/**
 * The whole story of one command: read the command line, run its verb, show what went wrong. This is the only place
 * that catches everything.
 */
const main = async (argv: readonly string[]): Promise<number> => {
  const request = readCommandLine(argv, version(), process.stdout.columns || 80);
  if (request.kind === 'print') {
    process.stdout.write(request.text);
    return exitCodes.passed;
  }
  if (typeof request.common.home === 'string') await (await import('./choose-home.js')).chooseHome(request.common.home);
  const { processContext } = await import('./process-context.js');
  const context = processContext(request.verb, request.common, {
    end: () => end(exitCodes.interrupted),
    afterwards: request.afterwards,
  });
  const runVerb = await request.load();
  const code = await runVerb(context, request.words);
  return code ?? (context.signal.aborted ? exitCodes.interrupted : exitCodes.passed);
};

const failed = async (error: unknown): Promise<number> => {
  const { showError } = await import('./show-error.js');
  const { exitCodeOf } = await import('./exit-code.js');
  const { isColourful } = await import('./process-context.js');
  const { shown } = await import('./visible.js');
  const verbose = process.argv.includes('-v') || process.argv.includes('--verbose');
  const color = isColourful(process.stderr, process.argv);
  process.stderr.write(shown(color)(showError(error, { verbose, color, columns: process.stderr.columns })));
  return exitCodeOf(error);
};

/**
 * Words that nobody takes any more (a pipe whose reader left, a terminal that was closed, a full disk) decide nothing: the work
 * goes on, faults are undone, and the exit code says what was found out.
 */
const lost = new Set<string>();
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  const isNew = !lost.has(code ?? message);
  lost.add(code ?? message);
  if (isNew && code !== 'EPIPE') process.stderr.write(`quintet: standard output can't be written: ${message}\n`);
});
process.stderr.on('error', () => undefined);

const drained = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    stream.write('', () => resolve());
  });

const code = await main(process.argv.slice(2)).catch(failed);
await drained(process.stdout);
await drained(process.stderr);
end(code);
