import { argument, argumentList, type RunVerb } from '../context.js';
import { runningMachine, saying } from '../running-machine.js';

export const exec: RunVerb = async (context, words) => {
  const machine = argument(words, 'machine');
  const { provider } = await runningMachine(context, machine);
  const argv = argumentList(words, 'command');
  // On a terminal the lines come as they are said; for a program both streams stay apart.
  if (context.raw.isTerminal) return saying(context, provider, machine, argv);
  const { exitCode, stdout, stderr } = await provider.exec(machine, argv, { signal: context.signal });
  context.raw.stdout(stdout);
  context.raw.stderr(stderr);
  return exitCode;
};
