import * as z from 'zod';
import type { MonitoringFacts } from '../../check/facts.js';
import { isUnasked, unwatched } from '../../check/monitoring.js';
import { UnknownError } from '../../model/errors.js';
import type { PlannedMachine } from '../../model/plan.js';
import { type Ground, withRole } from '../ground.js';
import { askPrometheus, firingAlerts } from '../observers/alerts.js';

const text = z.string();
/** What Prometheus answers (`/api/v1/targets`). */
const answer = z.looseObject({
  data: z.looseObject({
    activeTargets: z.array(
      z.looseObject({
        labels: z.looseObject({ job: text, machine: text }),
        scrapeUrl: z.url(),
        health: text,
        lastError: text,
      }),
    ),
  }),
});

const againMs = 250;
/** Everything is asked once a second: what was not well while the lab came up is known to be over after two of them. */
const settledMs = 2500;
/**
 * What was never asked yet says nothing at all. A server that was just started takes up to 5 s to know of anybody (its discovery
 * hands over no more often), and gets to each within seconds.
 */
const askedMs = 10_000;

/** What Prometheus knows, of a lab that may have come up this moment. */
export const gatherMonitoring = async (
  ground: Pick<Ground, 'plan' | 'vantage' | 'clock'>,
): Promise<MonitoringFacts> => {
  const { plan, clock } = ground;
  const [watcher] = withRole(plan, 'monitoring');
  if (watcher === undefined) throw new UnknownError('the lab has no monitoring server');
  const startedMs = clock.nowMs();
  for (;;) {
    const facts = await monitoringFacts(ground, watcher);
    const isYoung = facts.targets.some(isUnasked) || unwatched(facts, plan).length > 0;
    const limitMs = isYoung ? askedMs : settledMs;
    const isQuiet = !isYoung && facts.firing.length === 0 && facts.targets.every(({ health }) => health === 'up');
    if (isQuiet || clock.nowMs() - startedMs >= limitMs * plan.pace) return facts;
    await clock.sleep(againMs);
  }
};

/** Asks Prometheus whom it watches and what it says of them. */
const monitoringFacts = async (
  ground: Pick<Ground, 'plan' | 'vantage'>,
  watcher: PlannedMachine,
): Promise<MonitoringFacts> => {
  const { data } = answer.parse(JSON.parse(await askPrometheus(ground, watcher, '/api/v1/targets?state=active')));
  return {
    watcher: watcher.name,
    targets: data.activeTargets.map(({ labels, scrapeUrl, health, lastError }) => {
      const { hostname, port } = new URL(scrapeUrl);
      return { job: labels.job, machine: labels.machine, at: `${hostname}:${port || 80}`, health, problem: lastError };
    }),
    firing: await firingAlerts(ground, watcher),
  };
};
