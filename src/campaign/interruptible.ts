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
