import { runInteractive } from '../../host/command.js';
import { argument, type RunVerb } from '../context.js';
import { runningMachine } from '../running-machine.js';

export const ssh: RunVerb = async (context, words) => {
  const machine = argument(words, 'machine');
  const { provider } = await runningMachine(context, machine);
  const command = await provider.shell(machine);
  return context.handOver(() => runInteractive(command));
};
