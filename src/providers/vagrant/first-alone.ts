import type { Emit } from '../../model/events.js';

/** Does some work, whose words it listens to. */
export type FirstAlone = <T>(emit: Emit, work: (emit: Emit) => Promise<T>, signal?: AbortSignal) => Promise<T>;

export interface Shared {
  /** What the first one says once it has made what all share; undefined where there is nothing of the kind. */
  readonly until: RegExp | undefined;
  /** Whether it is there from an earlier time. */
  readonly isThere?: () => Promise<boolean>;
  /** Keeps out whoever else on this computer makes such a thing; gives a way to let them in again. */
  readonly keepOut?: (emit: Emit, signal?: AbortSignal) => Promise<() => Promise<void>>;
}

/**
 * Where what all machines share is made by whichever comes first, and two at once would be in each other's way: the first
 * one works alone until it says `until`; the others then work side by side. When the first one fails, another is first.
 * Nobody waits where it is there already.
 */
export const firstAlone = ({ until, isThere, keepOut }: Shared): FirstAlone => {
  let made = until === undefined;
  let making: Promise<void> | undefined;
  return async (emit, work, signal) => {
    while (!made && making !== undefined) await making;
    if (made) return work(emit);
    let release: () => void = () => undefined;
    making = new Promise((resolve) => {
      release = resolve;
    });
    let letIn: (() => Promise<void>) | undefined;
    const othersMayCome = async () => {
      const open = letIn;
      letIn = undefined;
      await open?.();
    };
    const done = () => {
      made = true;
      release();
      void othersMayCome();
    };
    const heard: Emit = (event) => {
      if (event.type === 'output' && until?.test(event.line)) done();
      emit(event);
    };
    try {
      if (await isThere?.()) done();
      else if (keepOut !== undefined) {
        letIn = await keepOut(emit, signal);
        // Whoever was waited for may have made it.
        if (await isThere?.()) done();
      }
      const result = await work(heard);
      made = true;
      return result;
    } finally {
      making = undefined;
      release();
      await othersMayCome();
    }
  };
};
