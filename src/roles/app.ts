import type * as zod from 'zod';
import { own } from '../model/own.js';
import type { Plan } from '../model/plan.js';
import type { Program, RoleFacts } from '../model/role.js';
import { databasePassword } from './database.js';
import { release } from './release.js';

interface Runtime {
  /** As people call it. */
  readonly words: string;
  /** Its folders of templates, beside `app/common`. */
  readonly folders: readonly string[];
  readonly packages: readonly string[];
  readonly programs: readonly Program[];
  /** Told to reload, it replaces its workers and loses no request. */
  readonly reloads?: true;
}

// MySQL's caching_sha2_password needs python3-cryptography.
const pythonPackages = ['python3-cryptography', 'python3-flask', 'python3-pymysql', 'python3-sqlalchemy'];

const runtimeTable = {
  node: { words: 'Node.js', folders: ['app/node'], packages: ['nodejs'], programs: [['node', 'node --version']] },
  gunicorn: {
    words: 'Gunicorn',
    folders: ['app/python', 'app/gunicorn'],
    packages: ['gunicorn', ...pythonPackages],
    programs: [
      ['gunicorn', 'gunicorn --version'],
      ['python', 'python3 --version'],
    ],
    reloads: true,
  },
  uwsgi: {
    words: 'uWSGI',
    folders: ['app/python', 'app/uwsgi'],
    packages: ['uwsgi-core', 'uwsgi-plugin-python3', ...pythonPackages],
    programs: [
      ['uwsgi', 'uwsgi-core --version'],
      ['python', 'python3 --version'],
    ],
    reloads: true,
  },
} as const satisfies Readonly<Record<string, Runtime>>;

export const runtimes = Object.keys(runtimeTable) as (keyof typeof runtimeTable)[];

const runtimeOf = (name: string): Runtime => {
  const runtime: Runtime | undefined = own(runtimeTable, name);
  if (runtime === undefined) throw new Error(`there is no runtime ${name}`);
  return runtime;
};

/** Whether the application server can be told to reload, and loses no request by it. */
export const reloads = (plan: Pick<Plan, 'app'>): boolean => runtimeOf(plan.app.runtime).reloads === true;

const settings = (z: typeof zod) => ({
  app: z
    .strictObject({
      runtime: z.enum(runtimes).default('node').describe('What runs the sample application'),
    })
    .describe('The application behind the web server'),
});

/** The sample application, which alone talks to the database. */
export const app: RoleFacts = {
  name: 'app',
  words: 'application server',
  synonyms: ['backend', 'application'],
  missed: 'the web server has nothing to send dynamic requests to',
  software: (plan) => runtimeOf(plan.app.runtime).words,
  icon: '<path d="M10 9 3 16l7 7M22 9l7 7-7 7M19 5l-6 22"/>',
  colour: { light: '#8a45c2', dark: '#c493f0' },
  firstOffset: 31,
  memoryMb: { usual: 512, least: 192 },
  ports: {
    app: { usual: 3000, about: 'On the application server, from the web server only', unprivileged: true },
  },
  settings,
  packages: (choices) => release('curl', ...runtimeOf(choices.app.runtime).packages),
  folders: (plan) => ['app/common', ...runtimeOf(plan.app.runtime).folders],
  services: { app: { unit: () => 'quintet-app' } },
  programs: (plan) => runtimeOf(plan.app.runtime).programs,
  visits: [{ from: 'web', port: 'app', purpose: 'dynamic requests' }],
  secrets: (plan) => [databasePassword(plan)],
  randomRows: [
    { settings: { fault: 'process-killed', service: 'app' } },
    { settings: { fault: 'process-hung', service: 'app' } },
    { settings: { fault: 'power-cut' } },
    { settings: { fault: 'machine-paused' } },
  ],
};
