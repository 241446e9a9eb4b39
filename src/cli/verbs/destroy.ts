import { bring } from '../../drive/bring.js';
import { InputError, InterruptedError } from '../../model/errors.js';
import { argumentList, type Context, type RunVerb } from '../context.js';
import { type OpenedLab, openLabAnyhow } from '../open-lab.js';
import { providerOf } from '../providers.js';
import { chosen, working } from '../work.js';

export const destroy: RunVerb = async (context, words) => {
  const opened = await openLabAnyhow(context);
  const machines = argumentList(words, 'machine');
  const provider = await providerOf(opened.site);
  await assertWanted(context, opened, machines);
  await working(context, opened, chosen(opened.plan, machines), (emit) =>
    bring(opened.site, provider, 'absent', machines, emit, { signal: context.signal }),
  );
  return undefined;
};

/** What a database holds is lost: a person is asked, a script must say --yes. */
const assertWanted = async (context: Context, { folder }: OpenedLab, machines: readonly string[]): Promise<void> => {
  if (context.yes) return;
  const what = machines.length > 0 ? machines.join(', ') : `all machines of the lab in ${folder}`;
  if (!context.interactive) {
    throw new InputError(`This would remove ${what} and all they hold.`, { hint: 'Say so with --yes.' });
  }
  const prompts = await context.prompts();
  if (await prompts.confirm({ message: `Remove ${what} and all they hold?`, default: false })) return;
  throw new InterruptedError('Nothing was removed.');
};
