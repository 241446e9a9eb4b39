import { systems } from '../../model/lab.js';
import { memoryMbOf, planOf } from '../../plan/plan.js';
import { type Answers, objection, type Question, withSetting } from './question.js';
import { choice } from './questions.js';

interface TextQuestion {
  readonly name: string;
  readonly path: string;
  readonly message: string;
  readonly shown: Question['shown'];
}

/** A text that the rules of lab.yaml must take. */
const text = ({ name, path, message, shown }: TextQuestion): Question => ({
  name,
  path,
  shown,
  ask: async (answers, lab, { prompts }) => {
    const given = await prompts.input({
      message,
      default: shown(lab, answers),
      validate: async (value) => objection(withSetting(answers, path, value.trim())),
      back: true,
    });
    return withSetting(answers, path, given.trim());
  },
});

/** One machine's memory after another would be five questions: which one is asked first. */
const memory: Question = {
  name: 'Memory',
  shown: ({ machines }) =>
    Object.entries(machines)
      .map(([name, machine]) => `${name} ${memoryMbOf(machine)}`)
      .join(', ')
      .concat(' MiB'),
  ask: async (answers, lab, { prompts }) => {
    const machine = await prompts.select({
      message: 'Which machine?',
      choices: Object.entries(lab.machines).map(([name, machine]) => ({
        value: name,
        name: `${name}: ${memoryMbOf(machine)} MiB`,
        short: name,
        description: machine.roles.join(', '),
      })),
      back: true,
    });
    const path = `machines.${machine}.memoryMb`;
    const given = await prompts.input({
      message: `How much memory shall ${machine} have, in MiB?`,
      default: String(planOf(lab).machines.find(({ name }) => name === machine)?.memoryMb),
      validate: async (value) => objection(withSetting(answers, path, value.trim())),
      back: true,
    });
    return withSetting(answers, path, given.trim());
  },
};

const settingIn = (line: string): readonly [path: string, value: string] | undefined => {
  const [, path = '', value = ''] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
  return path === '' ? undefined : [path, value];
};

const withLine = (answers: Answers, line: string): Answers | undefined => {
  const setting = settingIn(line);
  return setting && withSetting(answers, ...setting);
};

/** Whatever else lab.yaml offers, as `--set` takes it. */
const anyOther: Question = {
  name: 'Any other',
  shown: () => 'path=value, such as ports.https=8443',
  ask: async (answers, _, { prompts }) => {
    const line = await prompts.input({
      message: 'Which setting of lab.yaml, as path=value?',
      validate: async (given) => {
        const next = withLine(answers, given);
        return next ? objection(next) : 'Such as ports.https=8443 or verify.ratePerSecond=200; Esc goes back.';
      },
      back: true,
    });
    return withLine(answers, line) ?? answers;
  },
};

/** What few people want to change: not asked, but to be found. */
export const moreSettings: readonly Question[] = [
  choice({
    name: 'System',
    path: 'system',
    message: 'Which operating system shall the machines have?',
    choices: () => systems.map((value) => ({ value, name: value })),
    current: (lab) => lab.system,
    shown: (lab) => lab.system,
  }),
  memory,
  text({
    name: 'Domain',
    path: 'network.domain',
    message: "Which domain shall the site's names end in?",
    shown: (lab) => lab.network.domain,
  }),
  text({
    name: 'Virtual IP',
    path: 'network.vip',
    message: 'Which address shall visitors use (the virtual IP)?',
    shown: (lab) => planOf(lab).network.vip,
  }),
  text({
    name: 'Probes',
    path: 'verify.ratePerSecond',
    message: 'How many new connections a second shall probe the site?',
    shown: (lab) => String(lab.verify.ratePerSecond),
  }),
  anyOther,
];
