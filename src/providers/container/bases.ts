import { arch } from 'node:process';
import type { Emit } from '../../model/events.js';
import type { Role } from '../../model/lab.js';
import type { PlannedMachine } from '../../model/plan.js';
import type { PackageChoices, Packages, RoleFacts } from '../../model/role.js';
import { besidePackages, ownPackages, sharedPackages } from '../../plan/packages.js';
import { packageScript } from '../../render/package-script.js';
import { companionsOn, roleNames, rolesOn } from '../../roles/roles.js';
import type { LabSite } from '../provider.js';
import { baseExists, basePath, ensureBase, forgetLists } from './base.js';
import { baseKey, groundOf, type Recipe } from './base-recipe.js';

/** What every machine of every lab on that system is made of. */
const sharedRecipe = (plan: Choices): Recipe => ({
  system: plan.system,
  architecture: arch,
  packageScript: packageScript(sharedPackages),
  include: sharedPackages.names,
});

type Choices = LabSite['plan'] | PackageChoices;

const layerOn = (below: Recipe, packages: Packages, starting: readonly string[]): Recipe => {
  const names = [...packages.names, ...packages.fromSid];
  if (names.length === 0) return below;
  const { system, architecture } = below;
  const disables = starting.length > 0 ? { disables: starting } : {};
  return { system, architecture, packageScript: packageScript(packages), below, adds: names.join(', '), ...disables };
};

/**
 * The base of machines with these roles: what is shared, and a layer with their own packages, where they have any. So another
 * engine or runtime costs one layer, layers are built side by side, and no machine holds what it is not for. What other roles
 * put beside them is one more layer on that: labs without those roles share all that is below it.
 */
export const recipeFor = (plan: Choices, roles: readonly Role[], companions: readonly string[] = []): Recipe => {
  const starting = (some: readonly Pick<RoleFacts, 'starts'>[]) => some.flatMap(({ starts = [] }) => starts);
  const own = layerOn(sharedRecipe(plan), ownPackages(plan, roles), starting(rolesOn({ roles })));
  return layerOn(own, besidePackages(plan, { roles, companions }), starting(companionsOn({ companions })));
};

/** The base of a machine that could be anything: one with the packages of all roles. */
export const recipeOf = ({ plan }: { readonly plan: Choices }): Recipe => recipeFor(plan, roleNames);

/** The base of each machine of a lab. */
export const machineRecipe = ({ plan }: Pick<LabSite, 'plan'>, machine: string): Recipe =>
  recipeOfMachine(plan, plan.machines.find(({ name }) => name === machine) ?? { roles: [] });

const recipeOfMachine = (plan: Choices, { roles, companions }: Pick<PlannedMachine, 'roles' | 'companions'>): Recipe =>
  recipeFor(plan, roles, companions);

/** The bases of a lab's machines, each once. */
export const recipesOf = ({ plan }: Pick<LabSite, 'plan'>): Recipe[] => {
  const all = plan.machines.map((machine) => recipeOfMachine(plan, machine));
  return [...new Map(all.map((recipe) => [baseKey(recipe), recipe])).values()];
};

/** Builds what is not there yet; layers side by side. All have ended when this does, whatever became of each. */
export const ensureBases = async (site: Pick<LabSite, 'plan'>, emit: Emit, signal?: AbortSignal): Promise<void> => {
  const recipes = recipesOf(site);
  const grounds = recipes.map(groundOf);
  const shared = [...new Map(grounds.map((recipe) => [baseKey(recipe), recipe])).values()];
  try {
    for (const recipe of shared) await ensureBase(recipe, emit, signal);
    const results = await Promise.allSettled(recipes.map((recipe) => ensureBase(recipe, emit, signal)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  } finally {
    for (const recipe of shared) await forgetLists(recipe);
  }
};

export const basesAreThere = async (site: Pick<LabSite, 'plan'>): Promise<boolean> =>
  (await Promise.all(recipesOf(site).map((recipe) => baseExists(basePath(recipe))))).every(Boolean);
