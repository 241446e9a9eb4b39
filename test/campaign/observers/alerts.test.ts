import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import type { Ground } from '../../../src/campaign/ground.js';
import { watchAlerts } from '../../../src/campaign/observers/alerts.js';
import { planOf } from '../../../src/plan/plan.js';
import type { ExecOptions } from '../../../src/providers/provider.js';
import { labSchema } from '../../../src/roles/lab-schema.js';

const toldLine = (atMs: number, status: 'firing' | 'resolved'): string =>
  `alert ${(atMs / 1000).toFixed(6)} ${JSON.stringify({ alerts: [{ status, labels: { alertname: 'MachineDown', machine: 'app' } }] })}`;

/** Hears what a monitoring server says that is reached by nothing but commands in it, as over SSH; `say` is its part. */
const heard = async (provider: 'container' | 'virtualbox', say: (line: (text: string) => void) => Promise<number>) => {
  const plan = planOf(labSchema.parse({ additional: 'monitoring', provider }));
  const seen: unknown[] = [];
  const over = new AbortController();
  let asked = 0;
  const exec = async (machine: string, _argv: readonly string[], { onLine }: ExecOptions = {}) => {
    asked += 1;
    seen.push(...(asked === 1 ? [`by ${machine}`] : []));
    const exitCode = await say(onLine ?? (() => undefined));
    return { exitCode, stdout: '', stderr: exitCode === 0 ? '' : 'Connection reset by peer' };
  };
  const none = { status: 200, headers: {}, body: '{"data":{"alerts":[]}}' };
  const clock = {
    nowMs: () => 1000,
    wallClock: () => '',
    sleep: async () => {
      over.abort();
      await delay(0);
    },
  };
  const ground = { plan, clock, provider: { exec }, vantage: { ask: async () => none } } as unknown as Ground;
  const alerts = watchAlerts(ground, (event, agoMs) => seen.push({ ...event, agoMs }), over.signal);
  await alerts.inTouch();
  await alerts.ended;
  return { seen, firing: alerts.firing() };
};

for (const provider of ['container', 'virtualbox'] as const) {
  test(`what is told is heard by the monitoring server’s own clock, whatever that says (${provider})`, async (t) => {
    const hourAheadMs = 3_600_000;
    const { seen, firing } = await heard(provider, async (line) => {
      line('watching');
      await delay(5);
      line(`tick ${((1000 + hourAheadMs) / 1000).toFixed(6)}`);
      // On its way for 400 ms.
      line(toldLine(600 + hourAheadMs, 'firing'));
      return 1;
    });
    const alert = { type: 'alert', name: 'MachineDown', machine: 'app', firing: true };
    t.is(seen[0], 'by monitor');
    t.like(seen[1], alert);
    t.is(Math.round((seen[1] as { agoMs: number }).agoMs), 400);
    t.like(seen[2], { type: 'note', deafTo: 'alerts' });
    t.true(firing);
  });
}

const fires = '{"data":{"alerts":[{"state":"firing","labels":{"alertname":"MachineDown","machine":"app"}}]}}';

test('an alert that ended while nobody listened is over as soon as somebody listens again', async (t) => {
  const plan = planOf(labSchema.parse({ additional: 'monitoring' }));
  const seen: string[] = [];
  const over = new AbortController();
  const answers = [fires, '{"data":{"alerts":[]}}'];
  const exec = async (_machine: string, _argv: readonly string[], { onLine }: ExecOptions = {}) => {
    onLine?.('watching');
    await delay(5);
    if (answers.length === 0) over.abort();
    return { exitCode: 1, stdout: '', stderr: 'Connection reset by peer' };
  };
  const ask = async () => ({ status: 200, headers: {}, body: answers.shift() });
  const clock = { nowMs: () => 1000, wallClock: () => '', sleep: () => delay(5) };
  const ground = { plan, clock, provider: { exec }, vantage: { ask } } as unknown as Ground;
  const alerts = watchAlerts(
    ground,
    (event) => seen.push(event.type === 'alert' ? `${event.name} ${event.firing}` : event.type),
    over.signal,
  );
  await alerts.ended;
  t.deepEqual(seen, ['MachineDown true', 'note', 'MachineDown false']);
  t.false(alerts.firing());
  t.is(alerts.deaf(), undefined);
});
