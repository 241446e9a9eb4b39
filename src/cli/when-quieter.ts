import { setTimeout as delay } from 'node:timers/promises';
import { type Load, loadNow } from '../host/load.js';
import { InterruptedError } from '../model/errors.js';
import type { Context } from './context.js';

/** More than two programs for each core: then none of them gets half of one. */
const isBusy = ({ cores, running }: Load): boolean => running > 2 * cores + 1;

const words = ({ cores, running }: Load): string =>
  `This computer is busy: ${running} programs want its ${cores} ${cores === 1 ? 'core' : 'cores'} at once.`;

const helps =
  'What that may have spoilt comes out as unknown, never as a fail. It helps to close other programs and to halt other labs (quintet halt).';

const lookAgainMs = 5000;
const mostLooks = 120;

/** Says so where this computer is busy, before anything is measured, and offers to wait until it is quieter. */
export const whenQuieter = async (context: Context, look: () => Promise<Load> = loadNow, againMs = lookAgainMs) => {
  const load = await look();
  if (!isBusy(load)) return;
  context.say(`${words(load)} ${helps}`);
  if (!context.interactive) return;
  const prompts = await context.prompts();
  if (!(await prompts.confirm({ message: 'Wait until it is quieter, for ten minutes at the most?', default: true })))
    return;
  for (let looks = 0; looks < mostLooks; looks += 1) {
    await delay(againMs, undefined, { signal: context.signal }).catch(() => {
      throw new InterruptedError();
    });
    if (!isBusy(await look())) return;
  }
  context.say('It is still as busy: Quintet goes on all the same.');
};
