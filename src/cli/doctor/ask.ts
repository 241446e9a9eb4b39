import { run } from '../../host/command.js';

/** What a program said: `missing` when there is none, `late` when it did not answer in time. */
export type Answer = 'missing' | 'late' | { readonly text: string; readonly exitCode: number };

/** No question to another program takes longer. */
export const limitMs = 5000;

/** Asks a program; Vagrant must not ask the network for a newer one of itself. */
export const ask = async (argv: readonly string[]): Promise<Answer> => {
  const env = { VAGRANT_CHECKPOINT_DISABLE: '1' };
  const result = await run(argv, { timeoutMs: limitMs, env }).catch(() => undefined);
  if (result === undefined) return 'missing';
  if (result.exitCode === 124) return 'late';
  return { text: `${result.stdout}${result.stderr}`, exitCode: result.exitCode };
};

/** What it said when all was well; empty otherwise. */
export const wordsOf = (answer: Answer): string =>
  typeof answer === 'object' && answer.exitCode === 0 ? answer.text : '';

/** Work that may hang, given up after the same time. */
export const inTime = async <T>(work: Promise<T>, otherwise: T): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(resolve, limitMs, otherwise).unref();
  });
  try {
    return await Promise.race([work, late]);
  } catch {
    return otherwise;
  } finally {
    clearTimeout(timer);
  }
};
