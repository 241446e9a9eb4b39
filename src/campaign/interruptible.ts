import { InterruptedError } from '../model/errors.js';

/** Whatever an action throws after the user interrupted is that interruption. */
export const interruptible = async <T>(
  { interrupted }: { readonly interrupted?: AbortSignal | undefined },
  action: () => Promise<T>,
): Promise<T> => {
  try {
    return await action();
  } catch (error) {
    if (interrupted?.aborted) throw new InterruptedError();
    throw error;
  }
};

/** The same for an action that leaves nothing behind and may take long: it is not waited for. */
export const abandonable = async <T>(
  { interrupted }: { readonly interrupted?: AbortSignal | undefined },
  action: () => Promise<T>,
): Promise<T> => {
  if (interrupted === undefined) return action();
  const done = new AbortController();
  const left = new Promise<never>((_, reject) => {
    const leave = () => reject(new InterruptedError());
    if (interrupted.aborted) leave();
    else interrupted.addEventListener('abort', leave, { once: true, signal: done.signal });
  });
  try {
    return await Promise.race([action(), left]);
  } finally {
    done.abort();
  }
};
