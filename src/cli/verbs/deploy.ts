import { drained, liveAmong } from '../../campaign/turns.js';
import { LabState } from '../../drive/lab-state.js';
import { inputsOf } from '../../drive/machine-inputs.js';
import { takenInAgain } from '../../drive/taken-in-again.js';
import { InputError, MachineError } from '../../model/errors.js';
import { ownRuntime } from '../../model/lab.js';
import type { Provider } from '../../providers/provider.js';
import { turnsIn } from '../../roles/turns.js';
import { bringUp } from '../bring-up.js';
import type { Context, RunVerb } from '../context.js';
import { generateLab } from '../generate-lab.js';
import { type OpenedLab, openLab } from '../open-lab.js';
import { providerOf } from '../providers.js';
import { locked } from '../work.js';
import { switchedWords, switchShown } from './switch.js';

/**
 * A new version of the user's own application. Where application servers take turns it goes to the idle one, which is then
 * switched to; else to one after the other: whoever is not being changed serves meanwhile. One that does not get well runs what
 * it ran before, and the servers after it are left alone.
 */
export const deploy: RunVerb = async (context) => {
  const opened = await openLab(context);
  const { plan } = opened;
  if (plan.app.runtime !== ownRuntime) {
    throw new InputError('There is nothing to deploy: the lab runs the sample application.', {
      hint: 'app.runtime: own in lab.yaml is for an application of your own; quintet init --lab own-application has an example.',
    });
  }
  const provider = await providerOf(opened.site);
  if (turnsIn(plan).length > 0) await inTurn(context, opened, provider);
  else await oneAfterTheOther(context, opened, provider);
  return undefined;
};

const oneAfterTheOther = async (context: Context, opened: OpenedLab, provider: Provider): Promise<void> => {
  for (const server of opened.plan.machines.filter(({ roles }) => roles.includes('app'))) {
    await bringUp(context, opened, [server.name]);
    context.say(`Waiting until every web server sends requests to ${server.name} again …`);
    await takenInAgain(opened.site, provider, server, context.signal);
  }
};

/** The live one is never touched: it goes on with what it has, whatever becomes of the other. */
const inTurn = async (context: Context, opened: OpenedLab, provider: Provider): Promise<void> => {
  const ground = { plan: opened.plan, provider };
  const live = await liveAmong(ground);
  const idle = turnsIn(opened.plan).find(({ name }) => name !== live)?.name;
  if (live === undefined || idle === undefined) {
    const asked = opened.plan.machines.filter(({ roles }) => roles.includes('web')).map(({ name }) => name);
    throw new MachineError(asked.join(', '), 'Which application server is live is not known.', {
      hint: 'quintet status tells how it is; quintet up brings up what is missing, quintet switch NAME chooses one.',
    });
  }
  await locked(context, opened, () => generateLab(context, opened));
  if (await isCurrent(opened, live)) {
    context.say(
      `${live} is live and has this version already. ${idle} has what it had: quintet switch ${idle} goes there.`,
    );
    return;
  }
  const left = await drained(ground, idle, context.signal);
  if (left > 0) {
    throw new MachineError(idle, `${idle} still has ${left} requests under way from when it was live.`, {
      hint: 'quintet deploy goes on when they are over.',
    });
  }
  context.say(`${live} is live. The new version goes to ${idle} …`);
  await bringUp(context, opened, [idle]);
  const switched = await locked(context, opened, () => switchShown(context, ground, idle));
  context.say(
    `${switchedWords(idle, switched)} ${live} keeps the version before: quintet switch ${live} goes back to it.`,
  );
};

/** Whether a machine was provisioned with just what it would get now. */
const isCurrent = async ({ site, folder }: OpenedLab, machine: string): Promise<boolean> => {
  const { files } = await inputsOf(site, machine, true);
  return (await LabState.of(folder)).get(machine)?.provisionedWith === files;
};
