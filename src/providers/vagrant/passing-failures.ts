import { setTimeout as delay } from 'node:timers/promises';
import { InterruptedError } from '../../model/errors.js';
import type { VagrantFailure } from './machine-readable.js';

interface Passing {
  /** Found in Vagrant's words. */
  readonly when: RegExp;
  /** Why it is tried once more, for people. */
  readonly why: string;
}

/** Failures that are over after a moment, though Vagrant has given up on them. */
const passing: readonly Passing[] = [
  {
    // VirtualBox issue 80. Vagrant keeps its own imports apart, not those of another user of VirtualBox.
    when: /Appliance import failed[\s\S]*\(0x80070057\)/,
    why: 'VirtualBox was importing another box at the same moment',
  },
  {
    when: /is already locked for a session \(or being unlocked\)/,
    why: 'VirtualBox was not yet done with the machine',
  },
];

export const whyPassing = (failure: VagrantFailure | undefined): string | undefined =>
  failure && passing.find(({ when }) => when.test(failure.words))?.why;

const pauseMs = 5000;

/** A failure that passes is waited out and tried once more; `onRetry` is told why. */
export const tryingTwice = async <Result extends { readonly failure: VagrantFailure | undefined }>(
  attempt: () => Promise<Result>,
  onRetry: (why: string) => void,
  signal?: AbortSignal,
  waitMs = pauseMs,
): Promise<Result> => {
  const first = await attempt();
  const why = whyPassing(first.failure);
  if (why === undefined) return first;
  onRetry(why);
  await delay(waitMs, undefined, signal ? { signal } : {}).catch(() => undefined);
  if (signal?.aborted) throw new InterruptedError();
  return attempt();
};
