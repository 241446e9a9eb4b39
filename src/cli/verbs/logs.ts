import { readIfAny } from '../../host/files.js';
import { atMost, labDoor } from '../../host/lab-door.js';
import { labPaths } from '../../host/lab-folder.js';
import { ComputerError, InputError } from '../../model/errors.js';
import type { Provider } from '../../providers/provider.js';
import { argument, type Context, flag, type RunVerb, textOption, type Words } from '../context.js';
import { openLab, requireMachines } from '../open-lab.js';
import { providerOf } from '../providers.js';
import { runningMachine, saying } from '../running-machine.js';

export const logs: RunVerb = async (context, words) => {
  if (flag(words, 'console') || flag(words, 'provision')) return kept(context, words);
  const machine = argument(words, 'machine');
  const { provider } = await runningMachine(context, machine);
  const read = () => saying(context, provider, machine, journal(words));
  // Ctrl-C is how a person ends --follow: it reaches the journal's reader itself.
  if (flag(words, 'follow')) return void (await context.handOver(read));
  return read();
};

const journal = (words: Words): string[] => {
  const unit = textOption(words, 'unit');
  return [
    ...['journalctl', '--no-pager', '--quiet', '--output=short-iso', '--lines', String(lineCount(words))],
    ...(unit === undefined ? [] : ['--unit', unit]),
    ...(flag(words, 'follow') ? ['--follow'] : []),
  ];
};

const lineCount = (words: Words): number => {
  const text = textOption(words, 'lines') ?? '';
  if (/^[0-9]{1,7}$/.test(text)) return Number(text);
  throw new InputError(`--lines must be a number, not ${JSON.stringify(text)}.`);
};

const consoleOf = async (provider: Provider, machine: string): Promise<string | undefined> => {
  const path = provider.consoleLog(machine);
  return path === undefined ? undefined : readIfAny(path);
};

/** What lies in files: the machine's console, or what its provisioning said. */
const kept = async (context: Context, words: Words): Promise<undefined> => {
  const machine = argument(words, 'machine');
  const { plan, site } = await openLab(context);
  requireMachines(plan, [machine]);
  const text = flag(words, 'console')
    ? await consoleOf(await providerOf(site), machine)
    : labDoor(site.folder).text(labPaths.log(machine), { most: atMost.recorded });
  if (text === undefined)
    throw new ComputerError(`${machine} has said nothing yet.`, { hint: 'quintet up brings it up.' });
  context.out(text.trimEnd().split('\n').slice(-lineCount(words)).join('\n'));
  return undefined;
};
