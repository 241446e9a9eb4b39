import { Command, CommanderError, Option } from 'commander';
import { InputError } from '../model/errors.js';
import { sentence } from '../model/sentence.js';
import { asMeant } from './as-meant.js';
import type { RunVerb, Words } from './context.js';
import { examplesOf, programFooter } from './help.js';
import type { Verb, VerbOption } from './verb.js';
import { verbs } from './verbs.js';

/** What a command line asks for: text to print, or a verb to run with its words. */
export type Request =
  | { readonly kind: 'print'; readonly text: string }
  | {
      readonly kind: 'run';
      readonly verb: string;
      readonly common: Record<string, unknown>;
      readonly words: Words;
      readonly load: Load;
      /** What is to be done after it was ended at once. */
      readonly afterwards?: string | undefined;
    };

export type Load = () => Promise<RunVerb>;

/** Reads a command line (without `node` and the script). An unusable one is an InputError. */
export const readCommandLine = (argv: readonly string[], version: string, columns = 80): Request => {
  const heard: string[] = [];
  const found: Request[] = [];
  const program = programOf({ version, columns, found: (request) => found.push(request), heard });
  try {
    program.parse([...asMeant(argv)], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'print', text: heard.join('') };
    throw usageError(error, heard.join(''));
  }
  const request = found[0];
  if (!request) throw new Error('the command line asked for nothing');
  return request;
};

const usageError = (error: CommanderError, heard: string): InputError => {
  const [first, ...rest] = (heard.trim() || error.message).replace(/^error: /, '').split('\n');
  const hint = rest.join(' ').replace(/^\(|\)$/g, '') || undefined;
  return new InputError(sentence(first ?? ''), {
    hint: hint ?? 'quintet --help lists the verbs, quintet VERB --help their options.',
  });
};

type Found = (request: Request) => void;

interface Reading {
  readonly version: string;
  /** How wide the help may be. */
  readonly columns: number;
  readonly found: Found;
  readonly heard: string[];
}

const programOf = ({ version, columns, found, heard }: Reading): Command => {
  const program = new Command('quintet')
    .description(
      'Build a five-server web infrastructure on your own machine, break it on purpose, and get the evidence.',
    )
    .usage('[options] [verb]')
    .option('-C, --lab-dir <dir>', 'the lab folder; found from the current folder upwards when left out')
    .option('-y, --yes', 'ask nothing; without a verb: the whole main job with the defaults')
    .option('-q, --quiet', 'results and errors only')
    .option('-v, --verbose', 'every line the machines say')
    .option('--trust', 'do what this lab asks for, though it could harm this computer')
    .option('--home <dir>', 'where containers lie, in place of /var/lib/quintet (QUINTET_HOME does the same)')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .version(version, '-V, --version', 'the version of Quintet')
    .helpOption('-h, --help', 'this help')
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .configureHelp({ showGlobalOptions: true, minWidthToWrap: 20 })
    .configureOutput({
      writeOut: (text) => heard.push(text),
      writeErr: (text) => heard.push(text),
      getOutHelpWidth: () => columns,
    })
    .exitOverride()
    .allowExcessArguments(true)
    .addHelpText('after', programFooter(columns))
    .action(() => {
      const unknown = program.args[0];
      if (unknown !== undefined) throw unknownVerb(unknown, program);
      found(requestOf(program, {}, mainJob));
    });
  for (const verb of verbs) addVerb(program, verb, { found, columns });
  return program;
};

const unknownVerb = (name: string, program: Command): CommanderError => {
  const known = program.commands.flatMap((command) => [command.name(), ...command.aliases()]);
  const near =
    known.find((verb) => verb.startsWith(name) || name.startsWith(verb)) ?? known.find((verb) => isNear(verb, name));
  const suggestion = near === undefined ? '' : `\n(Did you mean ${near}?)`;
  return new CommanderError(2, 'quintet.unknownVerb', `error: there is no verb called ${name}${suggestion}`);
};

/** One letter missing, added, changed or two swapped. */
const isNear = (one: string, other: string): boolean => {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  if (long.length - short.length > 1) return false;
  let start = 0;
  while (start < short.length && short[start] === long[start]) start += 1;
  let end = 0;
  while (end < short.length - start && short.at(-1 - end) === long.at(-1 - end)) end += 1;
  const left = short.slice(start, short.length - end);
  const right = long.slice(start, long.length - end);
  return right.length <= 1 || (left.length === 2 && left[0] === right[1] && left[1] === right[0]);
};

const addVerb = (program: Command, verb: Verb, { found, columns }: Pick<Reading, 'found' | 'columns'>): void => {
  const command = program
    .command(verb.name)
    .summary(verb.summary)
    .description(`${verb.summary.charAt(0).toUpperCase()}${verb.summary.slice(1)}.`)
    .helpGroup(`${verb.group}:`)
    .allowExcessArguments(false)
    .addHelpText('after', examplesOf(verb.examples, columns));
  if (verb.alias) command.alias(verb.alias);
  for (const { name, summary } of verb.arguments ?? []) {
    command.argument(name.startsWith('[') ? name : `<${name}>`, summary);
  }
  for (const option of verb.options ?? []) command.addOption(optionOf(option));
  command.action(() => found(requestOf(command, wordsByName(verb, command.processedArgs), verb)));
};

const optionOf = (option: VerbOption): Option => {
  const made = new Option(option.flags, option.summary);
  if (option.choices) made.choices(option.choices);
  if (option.default !== undefined) made.default(option.default);
  if (option.several) made.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
  return made;
};

const wordsByName = (verb: Verb, values: readonly unknown[]): Words['arguments'] =>
  Object.fromEntries(
    (verb.arguments ?? []).map(({ name }, index) => [
      name.replaceAll(/[[\].]/g, ''),
      values[index] as string | readonly string[] | undefined,
    ]),
  );

const mainJob: Pick<Verb, 'load' | 'afterwards'> = {
  afterwards: 'quintet goes on where it stopped; quintet heal undoes what is still broken.',
  load: async () => (await import('./verbs/main-job.js')).mainJob,
};

const requestOf = (
  command: Command,
  given: Words['arguments'],
  { load, afterwards }: Pick<Verb, 'load' | 'afterwards'>,
): Request => ({
  kind: 'run',
  verb: command.name(),
  common: (command.parent ?? command).opts(),
  words: { arguments: given, options: command.opts() },
  load,
  afterwards,
});
