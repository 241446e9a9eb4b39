import test from 'ava';
import { gatherMonitoring } from '../../src/campaign/checks/gather-monitoring.js';
import type { Vantage } from '../../src/campaign/vantage.js';
import { judgeQuiet, judgeWatched } from '../../src/check/monitoring.js';
import { planOf } from '../../src/plan/plan.js';
import { labSchema } from '../../src/roles/lab-schema.js';

const plan = planOf(labSchema.parse({ additional: 'monitoring' }));
const [watcher] = plan.machines.filter(({ roles }) => roles.includes('monitoring'));

/**
 * A Prometheus that knows every part it may ask, each as `healthAt` says at that time (undefined: not known yet), and tells of
 * alerts likewise.
 */
const asked = async (
  healthAt: (nowMs: number, port?: number) => string | undefined,
  firesAt = (_nowMs: number) => false,
) => {
  let nowMs = 0;
  const targets = plan.connections
    .filter(({ from, protocol }) => from === watcher?.name && protocol === 'tcp')
    .map(({ to, address, port }) => ({ to, port, scrapeUrl: `http://${address}:${port}/metrics` }));
  const tell = (path: string): unknown =>
    path.endsWith('/alerts')
      ? { alerts: firesAt(nowMs) ? [{ state: 'firing', labels: { alertname: 'SiteDown' } }] : [] }
      : {
          activeTargets: targets.flatMap(({ to, port, scrapeUrl }) => {
            const health = healthAt(nowMs, port);
            return health === undefined
              ? []
              : [{ labels: { job: 'machine', machine: to }, scrapeUrl, health, lastError: '' }];
          }),
        };
  const vantage = {
    ask: async ({ path }: { readonly path: string }) => ({
      status: 200,
      headers: {},
      body: JSON.stringify({ data: tell(path) }),
    }),
  } as unknown as Vantage;
  const clock = {
    nowMs: () => nowMs,
    wallClock: () => '',
    sleep: async (durationMs: number) => {
      nowMs += durationMs;
    },
  };
  return { facts: await gatherMonitoring({ plan, vantage, clock }), tookMs: nowMs };
};

test('where all is well nothing is waited for', async (t) => {
  const { facts, tookMs } = await asked(() => 'up');
  t.is(tookMs, 0);
  t.is(judgeWatched(facts, plan).outcome, 'pass');
});

test('a Prometheus that was just started is given the time to ask everybody', async (t) => {
  const { facts } = await asked(
    (nowMs) => (nowMs < 4000 ? 'unknown' : 'up'),
    (nowMs) => nowMs < 1000,
  );
  t.is(judgeWatched(facts, plan).outcome, 'pass');
  t.is(judgeQuiet(facts).outcome, 'pass');
});

test('a Prometheus that knows of nobody yet is given the time to hear of them', async (t) => {
  const { facts, tookMs } = await asked((nowMs) => (nowMs < 6000 ? undefined : 'up'));
  t.true(tookMs >= 6000);
  t.is(judgeWatched(facts, plan).outcome, 'pass');
});

test('what it never hears of nobody watches', async (t) => {
  const { facts, tookMs } = await asked((_nowMs, port) => (port === plan.ports['node-exporter'] ? undefined : 'up'));
  t.true(tookMs >= 10_000);
  const { outcome, detail } = judgeWatched(facts, plan);
  t.is(outcome, 'fail');
  t.regex(detail, /nobody watches .*:9100/);
});

test('what was never asked is unknown, not down', async (t) => {
  const { facts, tookMs } = await asked((_nowMs, port) => (port === plan.ports['node-exporter'] ? 'unknown' : 'up'));
  t.true(tookMs >= 10_000);
  const { outcome, detail } = judgeWatched(facts, plan);
  t.is(outcome, 'unknown');
  t.regex(detail, /has not asked machine on .* yet/);
});

test('what is down stays down, and an alert that fires goes on: they are not waited for long', async (t) => {
  const { facts, tookMs } = await asked(
    () => 'down',
    () => true,
  );
  t.true(tookMs <= 3000);
  t.is(judgeWatched(facts, plan).outcome, 'fail');
  t.is(judgeQuiet(facts).outcome, 'fail');
});
