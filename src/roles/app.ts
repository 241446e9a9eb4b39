import { type Lab, ownRuntime } from '../model/lab.js';
import { own } from '../model/own.js';
import type { DatabaseRights, Plan } from '../model/plan.js';
import type { Program, RoleFacts, SettingsZod } from '../model/role.js';
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
  node: {
    words: 'Node.js',
    folders: ['app/sample', 'app/node'],
    packages: ['nodejs'],
    programs: [['node', 'node --version']],
  },
  gunicorn: {
    words: 'Gunicorn',
    folders: ['app/sample', 'app/python', 'app/gunicorn'],
    packages: ['gunicorn', ...pythonPackages],
    programs: [
      ['gunicorn', 'gunicorn --version'],
      ['python', 'python3 --version'],
    ],
    reloads: true,
  },
  uwsgi: {
    words: 'uWSGI',
    folders: ['app/sample', 'app/python', 'app/uwsgi'],
    packages: ['uwsgi-core', 'uwsgi-plugin-python3', ...pythonPackages],
    programs: [
      ['uwsgi', 'uwsgi-core --version'],
      ['python', 'python3 --version'],
    ],
    reloads: true,
  },
  [ownRuntime]: { words: 'your application', folders: ['app/own'], packages: [], programs: [] },
} as const satisfies Readonly<Record<string, Runtime>>;

export const runtimes = Object.keys(runtimeTable) as (keyof typeof runtimeTable)[];

/** Those that run the sample application. */
export const sampleRuntimes = runtimes.filter((name) => name !== ownRuntime);

const runtimeOf = (name: string): Runtime => {
  const runtime: Runtime | undefined = own(runtimeTable, name);
  if (runtime === undefined) throw new Error(`there is no runtime ${name}`);
  return runtime;
};

/** The sample application reads and adds entries; one of the user's own has the schema for itself. */
export const databaseRights = ({ runtime }: Pick<Lab['app'], 'runtime'>): DatabaseRights =>
  runtime === ownRuntime
    ? { privileges: ['ALTER', 'CREATE', 'DELETE', 'DROP', 'INDEX', 'INSERT', 'REFERENCES', 'SELECT', 'UPDATE'] }
    : { table: 'entries', privileges: ['INSERT', 'SELECT'] };

/** Whether the application server can be told to reload, and loses no request by it. */
export const reloads = (plan: Pick<Plan, 'app'>): boolean => runtimeOf(plan.app.runtime).reloads === true;

/** Folders whose names begin with a letter or digit: nothing hidden, and no way up. */
const inLab = /^[A-Za-z0-9_][\w.-]*(?:\/[A-Za-z0-9_][\w.-]*)*$/;
/** Debian policy 5.6.7, but for what apt takes for a wish to remove it. */
const packageName = /^[a-z0-9][a-z0-9+.-]*[a-z0-9+]$/;

const shellText = (z: SettingsZod) =>
  z
    .string()
    .regex(/^\P{Cc}*\S\P{Cc}*$/u, 'must be one line of shell')
    .max(1000);

const path = (z: SettingsZod) =>
  z
    .string()
    .regex(/^\/(?!\/)(?!.*\/\.)[\w./~-]*$/, 'must be a path such as /health: A-Z, a-z, 0-9, _, ., ~, - and /')
    .max(200);

const entryPath = (z: SettingsZod) =>
  path(z).regex(/^(?:(?!\bID\b).)*\bID\b(?:(?!\bID\b).)*$/, 'must be a path with ID in it, once, such as /items/ID');

const settings = (z: SettingsZod) => ({
  app: z
    .strictObject({
      runtime: z.enum(runtimes).default('node').describe('What runs the sample application; own: one of your own'),
      source: z
        .string()
        .regex(inLab, 'must be a folder of the lab folder, such as app: A-Z, a-z, 0-9, _, . and -, parted by /')
        .max(200)
        .optional()
        .describe('own: the folder of the application, in the lab folder'),
      build: shellText(z)
        .optional()
        .describe('own: run once in that folder, inside the machine, by a user without rights'),
      command: shellText(z).optional().describe('own: starts the application, which listens at ADDRESS and PORT'),
      health: path(z).optional().describe('own: the path that is asked whether the application is well'),
      writes: z
        .strictObject({
          put: entryPath(z).describe('PUT takes an entry as JSON, whose id stands for ID'),
          get: entryPath(z).describe('GET gives back what was written, and 404 where there is none'),
        })
        .optional()
        .describe('own: how an entry is written and read; nothing is asked about writes when left out'),
      packages: z
        .array(z.string().regex(packageName, 'must be the name of a Debian package, such as php-cli').max(100))
        .max(50)
        .optional()
        .describe('own: the Debian packages it needs'),
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
  packages: (choices) => release('curl', ...runtimeOf(choices.app.runtime).packages, ...(choices.app.packages ?? [])),
  folders: (plan) => [
    'app/common',
    ...runtimeOf(plan.app.runtime).folders,
    ...(plan.database.replica === undefined ? [] : ['app/witness']),
  ],
  services: { app: { unit: () => 'quintet-app' } },
  programs: (plan) => runtimeOf(plan.app.runtime).programs,
  visits: [
    { from: 'web', port: 'app', purpose: 'dynamic requests' },
    { from: 'cache', port: 'app', purpose: 'reads that it does not have' },
  ],
  secrets: (plan) => [databasePassword(plan)],
  additional: {
    name: 'blue-green',
    words: 'second application server, idle until it is switched to (blue-green)',
    machine: 'green',
    other: 'blue',
    gives: 'a new version is tried on the idle one, and switched to with no lost request; and back',
    costs: 'the second load balancer shares the web machine; the idle one takes no load off the live one',
  },
  randomRows: [
    { settings: { fault: 'process-killed', service: 'app' } },
    { settings: { fault: 'process-hung', service: 'app' } },
    { settings: { fault: 'power-cut' } },
    { settings: { fault: 'machine-paused' } },
  ],
};
