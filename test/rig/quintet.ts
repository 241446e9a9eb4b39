import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { execa } from 'execa';

export const executable = join(import.meta.dirname, '..', '..', 'bin', 'quintet.js');

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of a person at a plain terminal: neither CI nor colours wished for. */
export const plainEnvironment = { NO_COLOR: '1', CI: '', FORCE_COLOR: '' };

/** Runs the built command line as a person would and returns what it said; it never waits for an answer. */
export const quintet = async (cwd: string, ...words: readonly string[]): Promise<Ran> => {
  const result = await execa(process.execPath, [executable, ...words], {
    cwd,
    reject: false,
    stdin: 'ignore',
    env: plainEnvironment,
    timeout: 8 * 60_000,
  });
  return { exitCode: result.exitCode ?? 128, stdout: result.stdout, stderr: result.stderr };
};

/** What to show when a run did not go as it should. */
export const words = ({ exitCode, stdout, stderr }: Ran): string => `exit code ${exitCode}\n${stdout}\n${stderr}`;

/** What a run printed, which must have gone well. */
export const ok = (t: ExecutionContext, ran: Ran): string => {
  t.is(ran.exitCode, 0, words(ran));
  return ran.stdout;
};

/** What a run printed; throws where it did not go well. */
export const must = async (cwd: string, ...line: readonly string[]): Promise<string> => {
  const ran = await quintet(cwd, ...line);
  if (ran.exitCode !== 0) throw new Error(`${line.join(' ')}: ${words(ran)}`);
  return ran.stdout;
};
