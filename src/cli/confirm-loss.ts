import { InputError, InterruptedError } from '../model/errors.js';
import type { Context } from './context.js';

export interface Loss {
  /** What would happen, for somebody who can't be asked. */
  readonly would: string;
  readonly question: string;
  /** What is said when the answer is no. */
  readonly kept: string;
}

/** What machines hold may be lost: a person is asked, a script must say --yes. */
export const confirmLoss = async (context: Context, { would, question, kept }: Loss): Promise<void> => {
  if (context.yes) return;
  if (!context.interactive) throw new InputError(would, { hint: 'Say so with --yes.' });
  const prompts = await context.prompts();
  if (!(await prompts.confirm({ message: question, default: false }))) throw new InterruptedError(kept);
};
