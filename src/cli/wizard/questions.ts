import { resolve } from 'node:path';
import { assertFree } from '../../host/lab-folder-new.js';
import { QuintetError } from '../../model/errors.js';
import type { Lab, ProviderName } from '../../model/lab.js';
import { own } from '../../model/own.js';
import type { Choice } from '../prompts.js';
import { providerTable } from '../providers.js';
import { boxQuestion } from './box-question.js';
import { type Asking, objection, type Question, withSetting } from './question.js';
import { timingChoices, timingShown } from './timing-words.js';

interface ChoiceQuestion {
  readonly name: string;
  readonly path: string;
  readonly message: string;
  readonly choices: (lab: Lab, asking: Asking) => readonly Choice<string>[];
  readonly current: (lab: Lab) => string;
  readonly shown: (lab: Lab) => string;
}

/** One of a few values; an answer that the rules refuse is asked again. */
const choice = ({ name, path, message, choices, current, shown }: ChoiceQuestion): Question => ({
  name,
  shown,
  ask: async (answers, lab, asking) => {
    for (;;) {
      const value = await asking.prompts.select({ message, choices: choices(lab, asking), default: current(lab) });
      const next = withSetting(answers, path, value);
      const wrong = objection(next);
      if (wrong === undefined) return next;
      asking.say(`  ${wrong}`);
    }
  },
});

export const folderQuestion: Question = {
  name: 'Folder',
  shown: (_, { folder }) => folder,
  ask: async (answers, _, { prompts, cwd }) => ({
    ...answers,
    folder: await prompts.input({
      message: 'Which folder shall the lab be written to?',
      default: answers.folder,
      validate: (folder) => refusedFolder(folder, cwd),
    }),
  }),
};

const refusedFolder = async (folder: string, cwd: string): Promise<string | undefined> => {
  if (folder.trim() === '') return 'A folder needs a name.';
  try {
    await assertFree(resolve(cwd, folder));
    return undefined;
  } catch (error) {
    if (error instanceof QuintetError) return [error.message, error.hint].filter(Boolean).join(' ');
    throw error;
  }
};

const providerNames: Record<ProviderName, string> = {
  container: 'Containers (systemd-nspawn)',
  virtualbox: 'VirtualBox',
  libvirt: 'libvirt (KVM)',
};

const runtimeNames = { node: 'Node.js', gunicorn: 'Gunicorn (Python)' };
const engineNames = { mysql: 'MySQL', mariadb: 'MariaDB' };

/** All that can be answered, in the order it is asked; each has a default. */
export const questions: readonly Question[] = [
  choice({
    name: 'Provider',
    path: 'provider',
    message: 'What shall run the machines?',
    choices: (_, { detection }) =>
      (Object.keys(providerTable) as ProviderName[]).map((value) => ({
        value,
        name: providerNames[value],
        description: `${providerTable[value].words} (${detection})`,
      })),
    current: (lab) => lab.provider,
    shown: (lab) => providerNames[lab.provider],
  }),
  boxQuestion,
  folderQuestion,
  choice({
    name: 'Application',
    path: 'app.runtime',
    message: 'What shall run the application?',
    choices: () => [
      { value: 'node', name: runtimeNames.node, description: 'the sample application in JavaScript, one process' },
      { value: 'gunicorn', name: runtimeNames.gunicorn, description: 'the same in Python with Flask, several workers' },
    ],
    current: (lab) => lab.app.runtime,
    shown: (lab) => own<string>(runtimeNames, lab.app.runtime) ?? lab.app.runtime,
  }),
  choice({
    name: 'Database',
    path: 'database.engine',
    message: 'Which database?',
    choices: () => [
      { value: 'mysql', name: engineNames.mysql, description: "Oracle's MySQL: 9.7 LTS on Debian, 8.0 on Ubuntu" },
      { value: 'mariadb', name: engineNames.mariadb, description: "the community's branch, as Debian ships it" },
    ],
    current: (lab) => lab.database.engine,
    shown: (lab) => own<string>(engineNames, lab.database.engine) ?? lab.database.engine,
  }),
  choice({
    name: 'Failover',
    path: 'vrrp.timing',
    message: 'How soon shall one load balancer notice that the other has died?',
    choices: timingChoices,
    current: (lab) => lab.vrrp.timing,
    shown: timingShown,
  }),
  choice({
    name: 'Return',
    path: 'vrrp.preempt',
    message: 'When the first load balancer comes back, shall it take the virtual IP back?',
    choices: (lab) => [
      { value: 'false', name: 'no', description: 'it stays where it is: one switch less for visitors' },
      {
        value: 'true',
        name: `yes, after ${lab.vrrp.preemptDelayS} s`,
        description: 'the first one always serves when it can: easier to reason about',
      },
    ],
    current: (lab) => String(lab.vrrp.preempt),
    shown: (lab) => (lab.vrrp.preempt ? 'the first load balancer takes the VIP back' : 'the VIP stays where it is'),
  }),
  {
    name: 'Subnet',
    shown: (lab) => lab.network.subnet,
    ask: async (answers, lab, { prompts }) => {
      const subnet = await prompts.input({
        message: 'Which private network shall the machines be in?',
        default: lab.network.subnet,
        validate: async (text) => objection(withSetting(answers, 'network.subnet', text.trim())),
      });
      return withSetting(answers, 'network.subnet', subnet.trim());
    },
  },
];

/** Those that mean anything to this lab. */
export const questionsFor = (lab: Lab): readonly Question[] =>
  questions.filter(({ applies }) => applies?.(lab) ?? true);
