import { planOf } from '../../src/plan/plan.js';
import { labSchema } from '../../src/roles/lab-schema.js';

/** The plan of the lab that has every default. */
export const plan = planOf(labSchema.parse({}));

export const addressOf = (name: string): string =>
  plan.machines.find((machine) => machine.name === name)?.address ?? '';
