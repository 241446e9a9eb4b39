import { resolve } from 'node:path';
import { assertFree } from '../../host/lab-folder-new.js';
import { QuintetError } from '../../model/errors.js';
import type { Lab, ProviderName } from '../../model/lab.js';
import { own } from '../../model/own.js';
import { planOf } from '../../plan/plan.js';
import { additionalNamed, additionalRoles, followsFromAdditional, usualAdditional } from '../../roles/additional.js';
import { databaseOf } from '../../roles/database-topology.js';
import { hindrance, preferredProvider } from '../detect-provider.js';
import type { Choice } from '../prompts.js';
import { providerTable } from '../providers.js';
import { boxQuestion } from './box-question.js';
import { type Answers, type Asking, objection, type Question, reasonAgainst, withSetting } from './question.js';
import { timingChoices, timingShown } from './timing-words.js';

interface ChoiceQuestion {
  readonly name: string;
  readonly path: string;
  readonly message: string | ((lab: Lab) => string);
  readonly choices: (lab: Lab, answers: Answers, asking: Asking) => readonly Choice<string>[];
  readonly current: (lab: Lab) => string;
  readonly shown: Question['shown'];
  readonly applies?: Question['applies'];
}

/** One of a few values; what the rules of lab.yaml refuse is shown with the reason. */
export const choice = ({ name, path, message, choices, current, shown, applies }: ChoiceQuestion): Question => ({
  name,
  path,
  shown,
  ...(applies && { applies }),
  ask: async (answers, lab, asking) => {
    const refused = (value: string) =>
      value === current(lab) ? undefined : reasonAgainst(withSetting(answers, path, value));
    const value = await asking.prompts.select({
      message: typeof message === 'string' ? message : message(lab),
      choices: choices(lab, answers, asking).map((each) => ({
        ...each,
        disabled: each.disabled ?? refused(each.value),
      })),
      default: current(lab),
      back: true,
    });
    return withSetting(answers, path, value);
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
      back: true,
    }),
  }),
};

/** Why a lab can't be written there. */
export const refusedFolder = async (folder: string, cwd: string): Promise<string | undefined> => {
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

const firstOf = (lab: Lab): string => planOf(lab).vrrp.routers[0]?.machine ?? 'the first load balancer';

/** One load balancer alone gives nothing to anybody. */
const hasStandby = (lab: Lab): boolean => planOf(lab).vrrp.routers.length > 1;

const runtimeNames = { node: 'Node.js', gunicorn: 'Gunicorn (Python)', uwsgi: 'uWSGI (Python)' };
const engineNames = { mysql: 'MySQL', mariadb: 'MariaDB' };

/** What is asked, in the order it is asked; each has a default. */
export const questions: readonly Question[] = [
  choice({
    name: 'Provider',
    path: 'provider',
    message: 'What shall run the machines?',
    choices: (_, __, { facts }) =>
      (Object.keys(providerTable) as ProviderName[]).map((value) => {
        const why = hindrance(value, facts);
        // Where nothing else can be either, it must still be installed.
        const isLast = value === preferredProvider(facts);
        return {
          value,
          name: providerNames[value],
          description: isLast && why !== undefined ? `${why} yet` : providerTable[value].words,
          disabled: isLast ? undefined : why,
        };
      }),
    current: (lab) => lab.provider,
    shown: (lab) => providerNames[lab.provider],
  }),
  boxQuestion,
  folderQuestion,
  choice({
    name: 'Fifth server',
    path: 'additional',
    message: 'What shall the additional server be for?',
    applies: followsFromAdditional,
    choices: () =>
      additionalRoles.map((value) => {
        const { words, gives, costs } = additionalNamed(value);
        const name = value === usualAdditional ? `second ${words}` : words;
        return { value, name, description: `${gives}. It costs: ${costs}` };
      }),
    current: (lab) => lab.additional,
    shown: (lab) =>
      lab.additional === usualAdditional ? 'second load balancer' : additionalNamed(lab.additional).words,
  }),
  choice({
    name: 'Application',
    path: 'app.runtime',
    message: 'What shall run the application?',
    choices: () => [
      { value: 'node', name: runtimeNames.node, description: 'the sample application in JavaScript, one process' },
      { value: 'gunicorn', name: runtimeNames.gunicorn, description: 'the same in Python with Flask, several workers' },
      {
        value: 'uwsgi',
        name: runtimeNames.uwsgi,
        description: 'the same on uWSGI, which replaces its workers one by one when told to reload',
      },
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
    current: (lab) => databaseOf(lab).engine,
    shown: (lab) => own<string>(engineNames, databaseOf(lab).engine) ?? databaseOf(lab).engine,
  }),
  choice({
    name: 'Failover',
    path: 'vrrp.timing',
    applies: hasStandby,
    message: 'How soon shall one load balancer notice that the other has died?',
    choices: (lab, { base }) => timingChoices(lab, base),
    current: (lab) => lab.vrrp.timing,
    shown: (lab, { base }) => timingShown(lab, base),
  }),
  choice({
    name: 'Return',
    path: 'vrrp.preempt',
    applies: hasStandby,
    message: (lab) => `When ${firstOf(lab)} comes back, shall it take the virtual IP back?`,
    choices: (lab) => [
      {
        value: 'false',
        name: 'no',
        description: 'the one address visitors use stays where it is: one switch less for them',
      },
      {
        value: 'true',
        name: `yes, after ${lab.vrrp.preemptDelayS} s`,
        description: 'the same one always serves when it can: easier to reason about',
      },
    ],
    current: (lab) => String(lab.vrrp.preempt),
    shown: (lab) =>
      lab.vrrp.preempt ? `${firstOf(lab)} takes the virtual IP back` : 'the virtual IP stays where it is',
  }),
  {
    name: 'Subnet',
    path: 'network.subnet',
    shown: (lab) => lab.network.subnet,
    ask: async (answers, lab, { prompts }) => {
      const subnet = await prompts.input({
        message: 'Which private network shall the machines be in?',
        default: lab.network.subnet,
        back: true,
        validate: async (text) => objection(withSetting(answers, 'network.subnet', text.trim())),
      });
      return withSetting(answers, 'network.subnet', subnet.trim());
    },
  },
];

/** Those that mean anything to this lab. */
export const questionsFor = (lab: Lab): readonly Question[] =>
  questions.filter(({ applies }) => applies?.(lab) ?? true);
