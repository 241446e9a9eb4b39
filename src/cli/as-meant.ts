/** Common options whose value is a word of its own. */
const valued = ['-C', '--lab-dir', '--home'];

/** The index of the first word from `from` on that is no option. */
const wordFrom = (argv: readonly string[], from: number): number => {
  let index = from;
  while (argv[index]?.startsWith('-') && argv[index] !== '--') index += valued.includes(argv[index] ?? '') ? 2 : 1;
  return index;
};

/**
 * A command line as its user means it: `help VERB` and `version` as other programs have them, and behind `exec MACHINE` every word
 * belongs to the command in the machine, with `--` or without.
 */
export const asMeant = (argv: readonly string[]): readonly string[] => {
  const at = wordFrom(argv, 0);
  const verb = argv[at];
  if (verb === 'help') return [...argv.slice(0, at), ...argv.slice(at + 1), '--help'];
  if (verb === 'version') return [...argv.slice(0, at), '--version'];
  if (verb !== 'exec') return argv;
  const machine = wordFrom(argv, at + 1);
  const isPlain = machine < argv.length && argv[machine] !== '--' && argv[machine + 1] !== '--';
  return isPlain ? [...argv.slice(0, machine + 1), '--', ...argv.slice(machine + 1)] : argv;
};
