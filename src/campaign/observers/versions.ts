import type { Environment } from '../../model/history.js';
import type { Role } from '../../model/lab.js';
import type { Plan, PlannedMachine } from '../../model/plan.js';
import type { Ground } from '../ground.js';

/** What a program is called and the command that tells its version. */
type Program = readonly [name: string, command: string];

const runtimes: Readonly<Record<Plan['app']['runtime'], readonly Program[]>> = {
  node: [['node', 'node --version']],
  gunicorn: [
    ['gunicorn', 'gunicorn --version'],
    ['python', 'python3 --version'],
  ],
};

const engines: Readonly<Record<Plan['database']['engine'], Program>> = {
  mysql: ['mysql', 'mysqld --version'],
  mariadb: ['mariadb', 'mariadbd --version'],
};

const programsOf = ({ app, database }: Plan, { roles }: PlannedMachine): readonly Program[] => {
  const byRole: Readonly<Record<Role, readonly Program[]>> = {
    'load-balancer': [
      ['haproxy', 'haproxy -v'],
      ['keepalived', 'keepalived --version'],
    ],
    web: [
      ['nginx', 'nginx -v'],
      ['openssl', 'openssl version'],
    ],
    app: runtimes[app.runtime],
    database: [engines[database.engine]],
  };
  return [...roles.flatMap((role) => byRole[role]), ['kernel', 'uname -r']];
};

/** The version in what a program says of itself; a kernel's is all of it. */
export const versionIn = (program: string, words: string): string | undefined => {
  const first = words.trim().split('\n')[0] ?? '';
  return program === 'kernel' ? first || undefined : /\d+(?:\.\d+)+/.exec(first)?.[0];
};

/** Asks all in one go, a line each; nginx and keepalived answer on their error output. */
const script = `for command; do printf '%s\\n' "$($command 2>&1 | head -n 1)"; done`;
const timeoutMs = 10_000;

const versionsOn = async (
  { plan, provider }: Pick<Ground, 'plan' | 'provider'>,
  machine: PlannedMachine,
): Promise<Record<string, string>> => {
  const programs = programsOf(plan, machine);
  const argv = ['sh', '-c', script, 'quintet-versions', ...programs.map(([, command]) => command)];
  try {
    const { stdout } = await provider.exec(machine.name, argv, { timeoutMs });
    const lines = stdout.split('\n');
    const found = programs.map(([name], index) => [name, versionIn(name, lines[index] ?? '')] as const);
    return Object.fromEntries(found.filter((each): each is readonly [string, string] => each[1] !== undefined));
  } catch {
    return {};
  }
};

/** The versions of what makes each machine's roles, by machine; what can't be found out is left out. */
export const versionsOf = async (ground: Pick<Ground, 'plan' | 'provider'>): Promise<Environment['versions']> => {
  const each = ground.plan.machines.map(async (machine) => [machine.name, await versionsOn(ground, machine)] as const);
  return Object.fromEntries(await Promise.all(each));
};
