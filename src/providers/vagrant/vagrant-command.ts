import { setTimeout as delay } from 'node:timers/promises';
import { type RunOptions, run } from '../../host/command.js';
import { ComputerError, InterruptedError, MachineError } from '../../model/errors.js';
import type { Emit } from '../../model/events.js';
import type { LabSite } from '../provider.js';
import { hintFor } from './hints.js';
import { essence, failureIn, type Message, parseMessages, type VagrantFailure, wordsOf } from './machine-readable.js';
import { tryingTwice } from './passing-failures.js';

/** Whatever the user has set for other work: this is the folder, and Vagrant tells nobody. */
const environment = (site: LabSite): Readonly<Record<string, string>> => ({
  VAGRANT_CWD: site.folder,
  VAGRANT_VAGRANTFILE: 'Vagrantfile',
  VAGRANT_DOTFILE_PATH: '.vagrant',
  VAGRANT_CHECKPOINT_DISABLE: '1',
  VAGRANT_NO_COLOR: '1',
});

export interface VagrantResult {
  readonly exitCode: number;
  readonly messages: readonly Message[];
  readonly failure: VagrantFailure | undefined;
  /** All that was said, for people, line by line. */
  readonly words: readonly string[];
  readonly stdout: string;
}

export interface VagrantOptions extends Pick<RunOptions, 'signal' | 'timeoutMs'> {
  /** Told each line for people as it comes. */
  readonly onWords?: (line: string) => void;
}

/** Runs one vagrant command in the lab folder; its failure is a result. */
export const runVagrant = async (
  site: LabSite,
  words: readonly string[],
  { onWords, ...options }: VagrantOptions = {},
): Promise<VagrantResult> => {
  const said: string[] = [];
  const onLine = (line: string) => {
    for (const one of wordsOf(line)) {
      said.push(one);
      onWords?.(one);
    }
  };
  await site.vouch?.();
  const argv = ['vagrant', ...words, '--machine-readable'];
  const result = await run(argv, { ...options, cwd: site.folder, env: environment(site), onLine });
  const messages = parseMessages(result.stdout);
  const failure = failureIn(messages);
  return { exitCode: result.exitCode, messages, failure, words: said, stdout: result.stdout };
};

/** A vagrant command whose answer is plain text, e.g. ssh-config. */
export const askVagrant = async (site: LabSite, words: readonly string[], signal?: AbortSignal) => {
  await site.vouch?.();
  return run(['vagrant', ...words], {
    cwd: site.folder,
    env: environment(site),
    ...(signal ? { signal } : {}),
  });
};

const lockedWaitMs = 10 * 60_000;

const isLocked = ({ failure }: VagrantResult): boolean => /MachineActionLocked|MachineLocked/.test(failure?.name ?? '');

/** One that a killed Quintet left behind may still work on the machine: it is waited for. */
const untilUnlocked = async (
  attempt: () => Promise<VagrantResult>,
  emit: Emit,
  machine: string | undefined,
  signal?: AbortSignal,
): Promise<VagrantResult> => {
  const until = performance.now() + lockedWaitMs;
  let told = false;
  for (;;) {
    const result = await attempt();
    if (!isLocked(result) || performance.now() > until) return result;
    if (!told)
      emit({ type: 'note', text: `Waiting for another vagrant command that works on ${machine ?? 'the lab'}.` });
    told = true;
    await delay(2000, undefined, signal ? { signal } : {}).catch(() => undefined);
    if (signal?.aborted) throw new InterruptedError();
  }
};

const firstWords = ({ failure, words, exitCode }: VagrantResult): string =>
  (failure && essence(failure)) || words.slice(-5).join('\n') || `exit code ${exitCode}`;

const failed = (argv: string, result: VagrantResult, machine: string | undefined): Error => {
  const hint = result.failure && hintFor(result.failure);
  const log = result.words.slice(-20).join('\n');
  const cause = { argv, exitCode: result.exitCode, error: result.failure?.name, log };
  // The reason comes first: where many machines fail, one line is all there is for each.
  const message = `${firstWords(result)}\nThat was: ${argv}`;
  const options = { cause, ...(hint === undefined ? {} : { hint }) };
  return machine === undefined
    ? new ComputerError(message, options)
    : new MachineError(machine, `${machine}: ${message}`, { ...options, log });
};

/** Runs one vagrant command, about a machine or about all; tells what it says; its failure is an error. */
export const mustVagrant = async (
  site: LabSite,
  words: readonly string[],
  machine: string | undefined,
  emit: Emit,
  signal?: AbortSignal,
): Promise<VagrantResult> => {
  const onWords = (line: string) => emit({ type: 'output', ...(machine === undefined ? {} : { machine }), line });
  const argv = machine === undefined ? words : [...words, machine];
  const attempt = () => runVagrant(site, argv, { onWords, ...(signal ? { signal } : {}) });
  const onRetry = (why: string) =>
    emit({ type: 'note', text: `${machine ?? 'vagrant'}: ${why}; once more in some seconds.` });
  const result = await tryingTwice(() => untilUnlocked(attempt, emit, machine, signal), onRetry, signal);
  if (result.exitCode !== 0) throw failed(`vagrant ${argv.join(' ')}`, result, machine);
  return result;
};
