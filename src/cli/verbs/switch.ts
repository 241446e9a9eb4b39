import { RefusedSwitch, type Switched, switchTo } from '../../campaign/turns.js';
import { didYouMean, oneOf } from '../../lab/did-you-mean.js';
import { InputError, InterruptedError } from '../../model/errors.js';
import { blueGreen } from '../../model/lab.js';
import type { Plan } from '../../model/plan.js';
import type { Provider } from '../../providers/provider.js';
import { turnsIn } from '../../roles/turns.js';
import { argument, type Context, type RunVerb, textOption } from '../context.js';
import { openLab } from '../open-lab.js';
import { providerOf } from '../providers.js';
import { locked } from '../work.js';

export const switchServer: RunVerb = async (context, words) => {
  const opened = await openLab(context);
  const server = serverNamed(opened.plan, argument(words, 'server'));
  const provider = await providerOf(opened.site);
  const asJson = textOption(words, 'format') === 'json';
  await locked(context, opened, async () => {
    await opened.site.vouch?.();
    try {
      const switched = await switchShown(context, { plan: opened.plan, provider }, server);
      if (asJson) context.out(JSON.stringify({ live: server, ...switched }, null, 2));
      else context.out(switchedWords(server, switched));
    } catch (error) {
      if (asJson && error instanceof RefusedSwitch) context.out(JSON.stringify({ refused: error.message }, null, 2));
      throw error;
    }
  });
  return undefined;
};

/** Switches and says what it does, and to who ends it how it goes on. */
export const switchShown = async (
  context: Context,
  ground: { readonly plan: Plan; readonly provider: Provider },
  server: string,
): Promise<Switched> => {
  const { signal, say } = context;
  try {
    return await switchTo(ground, server, { signal, tell: (words) => say.call(context, words) });
  } catch (error) {
    if (signal.aborted) {
      throw new InterruptedError('Interrupted.', { hint: `quintet switch ${server} goes on where it stopped.` });
    }
    throw error;
  }
};

export const switchedWords = (server: string, { before, already, undrained }: Switched): string => {
  const left =
    undrained === undefined
      ? ''
      : ` ${undrained.server} still has ${undrained.requests} requests under way: do not stop it yet.`;
  if (already) return `${server} is live already.${left}`;
  return `${server} is live${before === undefined || before === server ? '' : `, ${before} is idle`}.${left}`;
};

const serverNamed = (plan: Plan, name: string): string => {
  const names = turnsIn(plan).map((machine) => machine.name);
  if (names.includes(name)) return name;
  if (names.length === 0) {
    throw new InputError('There is nothing to switch: no application servers of this lab take turns.', {
      hint: `additional: ${blueGreen} in lab.yaml makes two of them blue and green; quintet init --lab blue-green has an example.`,
    });
  }
  const near = didYouMean(name, names);
  throw new InputError(`This lab has no application server called ${name} that takes turns.`, {
    hint: near === undefined ? `There are ${oneOf(names, 'and')}.` : `Did you mean ${near}?`,
  });
};
