import type { Lab } from '../../model/lab.js';
import { vrrp } from '../../plan/timers.js';
import { timings } from '../../roles/load-balancer.js';
import type { Choice } from '../prompts.js';

type Timing = Lab['vrrp']['timing'];

const character: Record<Timing, string> = {
  classic: "keepalived's own default; the calmest",
  balanced: 'quick, and calm on a busy computer',
  fast: 'the quickest; a very busy computer may be taken for a dead one',
};

/** Each timing with its consequence, from the same timers that the lab will run with. */
export const timingChoices = (lab: Lab): readonly Choice<Timing>[] =>
  timings.map((timing) => {
    const { advertMs, masterDownMs } = timersOf(lab, timing);
    return {
      value: timing,
      name: `${timing}: the site is gone for at most ${seconds(masterDownMs)}`,
      description: `an advert every ${seconds(advertMs)}; ${character[timing]}`,
    };
  });

/** `balanced (at most 0.9 s)`, or the interval of the user's own. */
export const timingShown = (lab: Lab): string => {
  const name = lab.vrrp.advertMs === undefined ? lab.vrrp.timing : `an advert every ${lab.vrrp.advertMs} ms`;
  return `${name} (failover in at most ${seconds(timersOf(lab, lab.vrrp.timing, lab.vrrp.advertMs).masterDownMs)})`;
};

const timersOf = (lab: Lab, timing: Timing, advertMs?: number) => {
  const balancers = Object.keys(lab.machines).filter((name) => lab.machines[name]?.roles.includes('load-balancer'));
  const { advertMs: _, ...settings } = lab.vrrp;
  const chosen = { ...settings, timing, ...(advertMs === undefined ? {} : { advertMs }) };
  return vrrp({ vrrp: chosen, system: lab.system }, balancers);
};

const seconds = (durationMs: number): string => `${(durationMs / 1000).toFixed(1)} s`;
