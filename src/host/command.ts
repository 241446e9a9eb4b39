import { execa, type Options } from 'execa';
import { ComputerError, InterruptedError } from '../model/errors.js';
import { canStart, type Env } from './program.js';

export interface ExecOptions {
  readonly input?: string | Uint8Array;
  readonly timeoutMs?: number;
  /** Each line of either output as it comes. */
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions extends ExecOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const base = (options: RunOptions): Options => ({
  reject: false,
  stripFinalNewline: false,
  ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  env: { LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', ...options.env },
  ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
  ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
  all: options.onLine !== undefined,
});

/** A command line as a person would read it in an error. */
export const commandLine = (argv: readonly string[]): string =>
  argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');

/**
 * On Windows, what is no program is handed to cmd.exe, which says in the user's language that it knows none of that name:
 * with an exit code that many a failure has.
 */
export const wasNoProgram = async (
  program: string,
  exitCode: number | undefined,
  env: Env = process.env,
  platform: NodeJS.Platform = process.platform,
  isThere?: (path: string) => Promise<boolean>,
): Promise<boolean> => platform === 'win32' && exitCode === 1 && !(await canStart(program, env, platform, [], isThere));

/**
 * Runs a program without a shell and returns what it said, whatever its exit code (124 when the time ran out).
 * Throws a ComputerError when it can't be started and an InterruptedError when `signal` fired.
 */
export const run = async (argv: readonly string[], options: RunOptions = {}): Promise<ExecResult> => {
  const [program, ...words] = argv;
  if (program === undefined) throw new Error('run: no program');
  const child = execa(program, words, base(options));
  if (options.onLine) {
    const { onLine } = options;
    const feed = async () => {
      for await (const line of child.iterable({ from: 'all' })) onLine(String(line));
    };
    await feed().catch(() => undefined);
  }
  const result = await child;
  if (result.isCanceled) throw new InterruptedError();
  const env = { ...process.env, ...options.env };
  if (
    (result.code === 'ENOENT' && result.exitCode === undefined) ||
    (await wasNoProgram(program, result.exitCode, env))
  ) {
    throw new ComputerError(`${program}: not found on this computer`, {
      hint: 'quintet doctor tells what to install.',
    });
  }
  if (result.code !== undefined && result.exitCode === undefined && !result.timedOut && !result.signal) {
    throw new ComputerError(`${program} can't be started: ${result.shortMessage}`, { cause: result });
  }
  return {
    exitCode: result.timedOut ? 124 : (result.exitCode ?? 128),
    stdout: String(result.stdout ?? ''),
    stderr: String(result.stderr ?? ''),
  };
};

/** Like `run`, but an exit code other than 0 is a ComputerError that carries the command and its last words. */
export const must = async (argv: readonly string[], options: RunOptions = {}): Promise<string> => {
  const result = await run(argv, options);
  if (result.exitCode === 0) return result.stdout;
  const words = (result.stderr.trim() || result.stdout.trim()).split('\n').slice(-8).join('\n');
  throw new ComputerError(`${commandLine(argv)} failed with exit code ${result.exitCode}\n${words}`.trim(), {
    cause: { argv, ...result },
  });
};

/** Runs a program on the user's own terminal and returns its exit code. */
export const runInteractive = async (argv: readonly string[], options: { cwd?: string } = {}): Promise<number> => {
  const [program, ...words] = argv;
  if (program === undefined) throw new Error('runInteractive: no program');
  const result = await execa(program, words, { ...options, stdio: 'inherit', reject: false });
  return result.exitCode ?? 128;
};

/** A program that goes on beside Quintet and ends with it, its standard output read line by line. */
export interface Companion {
  readonly lines: AsyncIterable<string>;
  write(text: string): void;
  /** Asks it to end (SIGTERM) and waits. */
  stop(): Promise<void>;
  readonly done: Promise<ExecResult>;
}

export const start = (argv: readonly string[], options: RunOptions = {}): Companion => {
  const [program, ...words] = argv;
  if (program === undefined) throw new Error('start: no program');
  const child = execa(program, words, { ...base(options), stdin: 'pipe', buffer: { stdout: false, stderr: true } });
  const done = child.then((result) => ({
    exitCode: result.exitCode ?? 128,
    stdout: '',
    stderr: String(result.stderr ?? ''),
  }));
  return {
    lines: child.iterable() as AsyncIterable<string>,
    write: (text) => void child.stdin?.write(text),
    stop: async () => {
      child.kill('SIGTERM');
      await done;
    },
    done,
  };
};

/** Starts a program that outlives Quintet; where its words go is for the program to say. Returns its process id. */
export const startDetached = (argv: readonly string[], options: RunOptions = {}): number => {
  const [program, ...words] = argv;
  if (program === undefined) throw new Error('startDetached: no program');
  const child = execa(program, words, {
    ...base(options),
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'ignore',
    detached: true,
    cleanup: false,
  });
  child.catch(() => undefined);
  child.unref();
  if (child.pid === undefined) throw new ComputerError(`${program} can't be started`);
  return child.pid;
};
