import type * as zod from 'zod';
import { own } from '../model/own.js';
import type { Program, RoleFacts } from '../model/role.js';
import { databasePassword } from './database.js';
import { release } from './release.js';

interface Runtime {
  /** As people call it. */
  readonly words: string;
  readonly packages: readonly string[];
  readonly programs: readonly Program[];
}

const runtimeTable = {
  node: { words: 'Node.js', packages: ['nodejs'], programs: [['node', 'node --version']] },
  gunicorn: {
    words: 'Gunicorn',
    // MySQL's caching_sha2_password needs python3-cryptography.
    packages: ['gunicorn', 'python3-cryptography', 'python3-flask', 'python3-pymysql', 'python3-sqlalchemy'],
    programs: [
      ['gunicorn', 'gunicorn --version'],
      ['python', 'python3 --version'],
    ],
  },
} as const satisfies Readonly<Record<string, Runtime>>;

export const runtimes = Object.keys(runtimeTable) as (keyof typeof runtimeTable)[];

const runtimeOf = (name: string): Runtime => {
  const runtime: Runtime | undefined = own(runtimeTable, name);
  if (runtime === undefined) throw new Error(`there is no runtime ${name}`);
  return runtime;
};

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
  folders: (plan) => ['app/common', `app/${plan.app.runtime}`],
  services: { app: { unit: () => 'quintet-app' } },
  programs: (plan) => runtimeOf(plan.app.runtime).programs,
  visits: [
    { from: 'web', port: 'app', purpose: 'dynamic requests' },
    { from: 'cache', port: 'app', purpose: 'reads that it does not have' },
  ],
  secrets: (plan) => [databasePassword(plan)],
  randomRows: [
    { settings: { fault: 'process-killed', service: 'app' } },
    { settings: { fault: 'process-hung', service: 'app' } },
    { settings: { fault: 'power-cut' } },
    { settings: { fault: 'machine-paused' } },
  ],
};
