import type { Environment } from '../../model/history.js';
import type { Plan, PlannedMachine } from '../../model/plan.js';
import type { Program } from '../../model/role.js';
import { companionsOn, roleNamed } from '../../roles/roles.js';
import type { Ground } from '../ground.js';

const programsOf = (plan: Plan, machine: PlannedMachine): readonly Program[] => [
  ...machine.roles.flatMap((role) => roleNamed(role).programs(plan)),
  ...companionsOn(machine).flatMap(({ programs }) => programs(plan)),
  ['kernel', 'uname -r'],
];

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
