import { type Companion, start } from '../host/command.js';
import { ownScript } from '../host/own-script.js';
import { UnknownError } from '../model/errors.js';
import type { Provider } from '../providers/provider.js';
import type { Job, Results } from './vantage-jobs.js';

/** Eyes at the vantage: one process there that does jobs, many at a time. */
export interface Vantage {
  ask<Asked extends Job>(job: Asked): Promise<Results[Asked['kind']]>;
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

export const openVantage = (provider: Pick<Provider, 'atVantage'>): Vantage => {
  const companion = start(provider.atVantage(ownScript('campaign/vantage-main')));
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  let ended: Error | undefined;
  void listen(companion, waiting).then((error) => {
    ended = error;
    for (const each of waiting.values()) each.reject(error);
    waiting.clear();
  });
  return {
    ask: (job) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended);
        asked += 1;
        waiting.set(asked, { resolve, reject });
        companion.write(`${JSON.stringify({ id: asked, job })}\n`);
      }),
    close: () => companion.stop(),
  };
};

/** Hands each answer to whoever waits for it; returns why there will be no more. */
const listen = async (companion: Companion, waiting: Map<number, Waiting>): Promise<Error> => {
  const over = async (cause?: unknown) => {
    const { stderr } = await companion.done;
    return new UnknownError(`The process at the vantage ended. ${stderr.trim().split('\n').at(-1) ?? ''}`.trim(), {
      cause,
    });
  };
  try {
    for await (const line of companion.lines) {
      const { id, result, error } = JSON.parse(line) as { id: number; result?: never; error?: string };
      const one = waiting.get(id);
      waiting.delete(id);
      if (error === undefined) one?.resolve(result as never);
      else one?.reject(new UnknownError(error));
    }
    return await over();
  } catch (cause) {
    return over(cause);
  }
};
