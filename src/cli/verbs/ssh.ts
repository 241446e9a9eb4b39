import { runInteractive } from '../../host/command.js';
import { oneOf } from '../../lab/did-you-mean.js';
import { InputError } from '../../model/errors.js';
import { type Context, optionalArgument, type RunVerb } from '../context.js';
import { openLab } from '../open-lab.js';
import { runningMachine } from '../running-machine.js';

export const ssh: RunVerb = async (context, words) => {
  const machine = optionalArgument(words, 'machine') ?? (await askedFor(context));
  const { provider } = await runningMachine(context, machine);
  const command = await provider.shell(machine);
  return context.handOver(() => runInteractive(command));
};

const askedFor = async (context: Context): Promise<string> => {
  const names = (await openLab(context)).plan.machines.map(({ name }) => name);
  throw new InputError('A shell in which machine?', {
    hint: `quintet ssh MACHINE; this lab has ${oneOf(names, 'and')}.`,
  });
};
