import type { Emit } from '../../model/events.js';

/** Tells when a step of the whole lab begins and ends. */
export const step = async <T>(emit: Emit, name: string, work: () => Promise<T>): Promise<T> => {
  const began = performance.now();
  emit({ type: 'step-started', step: name });
  try {
    const result = await work();
    emit({ type: 'step-done', step: name, tookMs: performance.now() - began });
    return result;
  } catch (error) {
    emit({ type: 'step-failed', step: name, error: error as Error });
    throw error;
  }
};
