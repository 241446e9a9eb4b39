import type { Plan } from '../model/plan.js';
import { readme } from './readme.js';
import { type Files, renderLab } from './render.js';
import { topologySvg } from './topology.js';

/** Every file of a lab folder that follows from the plan, with the exercise's text, and holds no secret. */
export const wholeLab = (plan: Plan, templates: Files, guide: string | undefined): Map<string, string> =>
  new Map([...renderLab(plan, templates), ['README.md', readme(plan, guide)], ['topology.svg', topologySvg(plan)]]);
