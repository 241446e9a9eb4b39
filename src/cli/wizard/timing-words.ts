import type { CatalogueLab } from '../../host/catalogue.js';
import type { Lab } from '../../model/lab.js';
import { evaluate, timersOf } from '../../plan/formula.js';
import { planOf } from '../../plan/plan.js';
import { timings } from '../../roles/load-balancer.js';
import type { Choice } from '../prompts.js';

type Timing = Lab['vrrp']['timing'];
type Base = Pick<CatalogueLab, 'scenarios'>;

const character: Record<Timing, string> = {
  classic: "keepalived's own default, the calmest",
  balanced: 'quick, and calm on a busy computer',
  fast: 'the quickest, but a very busy computer may be taken for a dead one',
};

/** Each timing with its consequence, as the lab will be held to it. */
export const timingChoices = (lab: Lab, base: Base): readonly Choice<Timing>[] =>
  timings.map((timing) => {
    const { advertMs: _, ...others } = lab.vrrp;
    const chosen = { ...lab, vrrp: { ...others, timing } };
    return {
      value: timing,
      name: `${timing.padEnd(8)}  the site is gone for at most ${seconds(goneAtMostMs(chosen, base))}`,
      short: timing,
      description: `a sign of life (VRRP advert) every ${seconds(planOf(chosen).vrrp.advertMs)}: ${character[timing]}`,
    };
  });

/** `balanced (the site is gone for at most 1.1 s)`, or the interval of the user's own. */
export const timingShown = (lab: Lab, base: Base): string => {
  const name = lab.vrrp.advertMs === undefined ? lab.vrrp.timing : `an advert every ${lab.vrrp.advertMs} ms`;
  return `${name}: the site is gone for at most ${seconds(goneAtMostMs(lab, base))}`;
};

/** What verify allows when the load balancer that serves falls silent: the bound of the lab's own scenario. */
const goneAtMostMs = (lab: Lab, { scenarios }: Base): number => {
  const formula = scenarios.find(({ id }) => id === 'power-cut')?.expect.site?.outageAtMost ?? 'masterDown';
  return evaluate(formula, timersOf(planOf(lab)));
};

const seconds = (durationMs: number): string => `${(durationMs / 1000).toFixed(1)} s`;
