import * as z from 'zod';
import type { MonitoringFacts } from '../../check/facts.js';
import { UnknownError } from '../../model/errors.js';
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

/** Asks Prometheus whom it watches and what it says of them. */
export const gatherMonitoring = async (ground: Ground): Promise<MonitoringFacts> => {
  const [watcher] = withRole(ground.plan, 'monitoring');
  if (watcher === undefined) throw new UnknownError('the lab has no monitoring server');
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
