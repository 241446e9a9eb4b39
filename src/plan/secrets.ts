import type { Plan, PlannedMachine } from '../model/plan.js';
import type { Secret } from '../model/secret.js';
import { roles, rolesOn } from '../roles/roles.js';

/** What one machine must have and no other may see. */
export interface MachineSecrets {
  readonly machine: string;
  readonly secrets: readonly Secret[];
  /** What other roles would have brought, and a machine that had them may still hold: paths in its tree. */
  readonly unneeded: readonly string[];
}

/** The lab's own authority, which every machine believes. */
const authority: Secret = { kind: 'authority', path: 'etc/quintet/ca.crt' };

/** Every path a secret puts in its machine's tree. */
export const pathsOf = (secret: Secret): readonly string[] =>
  secret.kind === 'certificate' ? [secret.keyPath, secret.path] : [secret.path];

const secretsOfMachine = (plan: Plan, machine: PlannedMachine): MachineSecrets => {
  const brought = (some: typeof roles) => some.flatMap((role) => role.secrets(plan, machine));
  const secrets = [...new Map([authority, ...brought(rolesOn(machine))].map((each) => [each.path, each])).values()];
  const needed = secrets.flatMap(pathsOf);
  const all = new Set(brought(roles).flatMap(pathsOf));
  return { machine: machine.name, secrets, unneeded: [...all].filter((path) => !needed.includes(path)) };
};

/** What each machine needs to know that the lab's files may not say. */
export const secretsOf = (plan: Plan): readonly MachineSecrets[] =>
  plan.machines.map((machine) => secretsOfMachine(plan, machine));
