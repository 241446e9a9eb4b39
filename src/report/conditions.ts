import { ms } from '../check/words.js';
import type { Environment, VerificationStarted } from '../model/history.js';
import { usualPace } from '../model/pace.js';
import type { Plan } from '../model/plan.js';
import type { Difference } from './comparison-schema.js';

type Conditions = ReadonlyMap<string, string>;

/** Under what a verification was made, as far as it can explain that another one came out otherwise. */
const conditionsOf = ({ plan, environment, seed }: VerificationStarted): Conditions =>
  new Map([
    ...ofPlan(plan),
    ...ofComputer(environment),
    ...(seed === undefined ? [] : [['seed', seed] as const]),
    ...Object.entries(environment.versions).flatMap(([machine, programs]) =>
      Object.entries(programs).map(([program, version]) => [`${program} on ${machine}`, version] as const),
    ),
  ]);

const ofPlan = ({ name, provider, machines, vrrp, app, database, verify }: Plan): (readonly [string, string])[] => [
  ['lab', name],
  ['provider', provider],
  ['machines', machines.map((machine) => machine.name).join(', ')],
  ['advert interval', ms(vrrp.advertMs)],
  ['Master_Down_Interval', ms(vrrp.masterDownMs)],
  ['preemption', vrrp.preempt ? 'on' : 'off'],
  ['application', app.runtime],
  ['database', database.engine],
  ['requests a second', String(verify.ratePerSecond)],
  ['an answer may take', ms(verify.limitMs)],
];

const ofComputer = ({ quintet, node, system, cores, memoryMb, pace }: Environment): (readonly [string, string])[] => [
  ['Quintet', quintet],
  ['Node.js', node],
  ['system', system],
  ['processor cores', String(cores)],
  ['memory', `${Math.round(memoryMb / 102.4) / 10} GiB`],
  ['pace', `${pace ?? usualPace} times as long as usual`],
];

/** The conditions that were not the same. */
export const differencesOf = (a: VerificationStarted, b: VerificationStarted): Difference[] => {
  const [one, other] = [conditionsOf(a), conditionsOf(b)];
  return [...new Set([...one.keys(), ...other.keys()])]
    .map((what) => ({ what, a: one.get(what), b: other.get(what) }))
    .filter((difference) => difference.a !== difference.b);
};
