import type { DummyProvider } from '../../src/providers/dummy/dummy-provider.js';

const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

/** Waits until nothing that had begun is on its way to the disk any more. */
const quiet = async (): Promise<void> => {
  for (let turns = 0; turns < 5; turns += 1) {
    await turn();
    if (process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'))) turns = -1;
  }
};

/** Waits until some work has died at the call that its provider was to be killed at; throws when it came to its end. */
export const untilKilled = async (provider: DummyProvider, work: Promise<unknown>): Promise<void> => {
  let ended = false;
  const end = () => {
    ended = true;
  };
  void work.then(end, end);
  while (!provider.isKilled && !ended) await turn();
  await quiet();
  if (ended) throw new Error('nothing was killed');
};
