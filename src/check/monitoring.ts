import type { Plan } from '../model/plan.js';
import type { MonitoringFacts, WatchedTarget } from './facts.js';
import { fail, type Judgement, pass, unknown } from './judgement.js';
import { counted } from './words.js';

const isUp = ({ health }: WatchedTarget): boolean => health === 'up';

/** It is watched, and Prometheus, which has just been started, did not come to it yet. */
export const isUnasked = ({ health }: WatchedTarget): boolean => health === 'unknown';

/** What the plan lets the monitoring server ask: each row is a part that it must watch. */
const watchable = (plan: Plan, watcher: string) =>
  plan.connections.filter(({ from, protocol }) => from === watcher && protocol === 'tcp');

/** What it must watch and does not know of: nothing at all for a moment after it was started. */
export const unwatched = ({ watcher, targets }: MonitoringFacts, plan: Plan) =>
  watchable(plan, watcher).filter(({ address, port }) => !targets.some(({ at }) => at === `${address}:${port}`));

/** Every part that may be asked is asked, and answers. */
export const judgeWatched = (facts: MonitoringFacts, plan: Plan): Judgement => {
  const { targets } = facts;
  const evidence = targets.map(({ job, machine, health, problem }) =>
    [`${job} on ${machine} is ${health}`, ...(problem === '' ? [] : [problem])].join(': '),
  );
  const alone = unwatched(facts, plan).map(({ to, port }) => `nobody watches ${to}:${port}`);
  const down = targets
    .filter((each) => !isUp(each) && !isUnasked(each))
    .map(({ job, machine, health }) => `${job} on ${machine} is ${health}`);
  const wrong = [...alone, ...down];
  if (wrong.length > 0) return fail(wrong.join('; '), evidence);
  const unasked = targets.filter(isUnasked).map(({ job, machine }) => `${job} on ${machine}`);
  return unasked.length > 0
    ? unknown(`Prometheus has not asked ${unasked.join(', ')} yet`, evidence)
    : pass(`${counted(targets.length, 'part')} of it`, evidence);
};

/** An alert that fires at rest is one that nobody heeds when it counts. */
export const judgeQuiet = ({ firing }: MonitoringFacts): Judgement =>
  firing.length === 0
    ? pass('none fires')
    : fail(firing.map(({ name, machine }) => `${name} fires for ${machine}`).join('; '));
