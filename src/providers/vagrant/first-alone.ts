import type { Emit } from '../../model/events.js';

/** Does some work, whose words it listens to. */
export type FirstAlone = <T>(emit: Emit, work: (emit: Emit) => Promise<T>) => Promise<T>;

/**
 * Where what all machines share is made by whichever comes first, and two at once would be in each other's way: the first
 * one works alone until it says `until`; the others then work side by side. When the first one fails, another is first.
 * Nobody waits where it is there already, from an earlier time (`isThere`).
 */
export const firstAlone = (until: RegExp | undefined, isThere?: () => Promise<boolean>): FirstAlone => {
  let made = until === undefined;
  let making: Promise<void> | undefined;
  let asked: Promise<boolean> | undefined;
  return async (emit, work) => {
    if (!made && isThere !== undefined) {
      asked ??= isThere();
      made ||= await asked;
    }
    while (!made && making !== undefined) await making;
    if (made) return work(emit);
    let release: () => void = () => undefined;
    making = new Promise((resolve) => {
      release = resolve;
    });
    const heard: Emit = (event) => {
      if (event.type === 'output' && until?.test(event.line)) {
        made = true;
        release();
      }
      emit(event);
    };
    try {
      const result = await work(heard);
      made = true;
      return result;
    } finally {
      making = undefined;
      release();
    }
  };
};
