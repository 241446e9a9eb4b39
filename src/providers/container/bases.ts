import { arch } from 'node:process';
import type { Emit } from '../../model/events.js';
import type { Role } from '../../model/lab.js';
import type { PackageChoices } from '../../model/role.js';
import { ownPackages, sharedPackages } from '../../plan/packages.js';
import { packageScript } from '../../render/package-script.js';
import { roleNames } from '../../roles/roles.js';
import type { LabSite } from '../provider.js';
import { baseExists, basePath, ensureBase, forgetLists } from './base.js';
import { baseKey, type Recipe } from './base-recipe.js';

/** What every machine of every lab on that system is made of. */
const sharedRecipe = (plan: Choices): Recipe => ({
  system: plan.system,
  architecture: arch,
  packageScript: packageScript(sharedPackages),
  include: sharedPackages.names,
});

type Choices = LabSite['plan'] | PackageChoices;

/**
 * The base of machines with these roles: what is shared, and a layer with their own packages, where they have any. So another
 * engine or runtime costs one layer, layers are built side by side, and no machine holds what it is not for.
 */
export const recipeFor = (plan: Choices, roles: readonly Role[]): Recipe => {
  const below = sharedRecipe(plan);
  const own = ownPackages(plan, roles);
  const names = [...own.names, ...own.fromSid];
  if (names.length === 0) return below;
  const { system, architecture } = below;
  return { system, architecture, packageScript: packageScript(own), below, adds: names.join(', ') };
};

/** The base of a machine that could be anything: one with the packages of all roles. */
export const recipeOf = ({ plan }: { readonly plan: Choices }): Recipe => recipeFor(plan, roleNames);

/** The base of each machine of a lab. */
export const machineRecipe = ({ plan }: Pick<LabSite, 'plan'>, machine: string): Recipe =>
  recipeFor(plan, plan.machines.find(({ name }) => name === machine)?.roles ?? []);

/** The bases of a lab's machines, each once. */
export const recipesOf = ({ plan }: Pick<LabSite, 'plan'>): Recipe[] => {
  const all = plan.machines.map((machine) => recipeFor(plan, machine.roles));
  return [...new Map(all.map((recipe) => [baseKey(recipe), recipe])).values()];
};

/** Builds what is not there yet; layers side by side. All have ended when this does, whatever became of each. */
export const ensureBases = async (site: Pick<LabSite, 'plan'>, emit: Emit, signal?: AbortSignal): Promise<void> => {
  const recipes = recipesOf(site);
  const grounds = recipes.map((recipe) => recipe.below ?? recipe);
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
