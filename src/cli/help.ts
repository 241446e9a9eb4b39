import type { Verb } from './verb.js';

/** What stands below `quintet --help`. */
export const programFooter = `
Without a verb, in a terminal: the wizard, which goes on to offer bringing the lab up and verifying it.

Examples:
  quintet                     ask, build, bring up, verify
  quintet --yes               the same with the defaults, in ./quintet-lab, asking nothing
  quintet init my-lab         make a lab; then: cd my-lab && quintet up && quintet verify
  quintet VERB --help         a verb's options and examples

Exit codes:
  0 passed    1 a check or scenario failed    2 your input is wrong    3 this computer or a machine failed
  4 unknown: Quintet could not find out       70 a bug in Quintet      130 interrupted
`;

/** The examples below a verb's own help. */
export const examplesOf = (verb: Verb): string => {
  const width = Math.max(...verb.examples.map(([line]) => line.length));
  const lines = verb.examples.map(([line, meaning]) =>
    width > 50 ? `  ${line}\n      ${meaning}` : `  ${line.padEnd(width)}   ${meaning}`,
  );
  return `\nExamples:\n${lines.join('\n')}\n`;
};
