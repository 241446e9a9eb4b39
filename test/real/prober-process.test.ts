import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import type { ProberConfig } from '../../src/campaign/traffic/prober.js';
import { type ProberProcess, startProber } from '../../src/campaign/traffic/prober-process.js';
import { systemClock } from '../../src/host/clock.js';
import { run } from '../../src/host/command.js';
import { ownScript } from '../../src/host/own-script.js';
import type { ProbeEvent } from '../../src/model/history.js';
import { siteCertificate } from '../campaign/site.js';
import { timed } from '../rig/at-last.js';

const here = { atVantage: (argv: readonly string[]) => argv };

const startSite = async () => {
  const certificate = await siteCertificate();
  const server = createServer({ key: certificate.key, cert: certificate.cert }, (_, response) =>
    response.end('Quintet'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const config: ProberConfig = {
    address: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    serverName: 'www.scale-up.test',
    ca: certificate.ca,
    ratePerSecond: 100,
    timeoutMs: 1000,
    paths: [{ path: '/', contains: 'Quintet', part: 'static' }],
    mostProbes: 100_000,
    mostInFlight: 500,
  };
  return { config, close: () => server.close() };
};

/** Waits until it has sent the most that it was allowed, and has every answer. */
const done = async (prober: ProberProcess): Promise<void> => {
  for (let left = 500; left > 0 && !prober.ready(); left -= 1) await delay(20);
};

timed('the prober probes in a process of its own on the same clock, until it is told to stop', async (t) => {
  const { config, close } = await startSite();
  t.teardown(close);
  const events: ProbeEvent[] = [];
  const prober = await startProber(here);
  t.teardown(prober.kill);
  prober.begin({ startMs: systemClock.nowMs() + 20, config }, (event) => events.push(event));
  await delay(500);
  await prober.finish();
  t.true(events.length >= 45 && events.length <= 60, String(events.length));
  t.deepEqual(
    events.map((event) => event.id).sort((one, other) => one - other),
    events.map((_, index) => index),
  );
  t.true(events.every((event) => event.result === 'ok'));
  t.true(events.filter((event) => event.latenessMs < 50).length > 40);
});

test.serial('the prober ends when its standard input does, so that it never outlives Quintet', async (t) => {
  const { config, close } = await startSite();
  t.teardown(close);
  const startMs = systemClock.nowMs();
  const input = `${JSON.stringify({ startMs, config })}\n`;
  const { exitCode, stdout } = await run(ownScript('campaign/traffic/prober-main'), { input, timeoutMs: 10_000 });
  t.is(exitCode, 0);
  t.regex(stdout, /^\{"type":"ready","pid":\d+\}/);
});

test.serial('the prober sends no more than the most it was allowed', async (t) => {
  const { config, close } = await startSite();
  t.teardown(close);
  const prober = await startProber(here);
  t.teardown(prober.kill);
  const events: ProbeEvent[] = [];
  prober.begin({ startMs: systemClock.nowMs(), config: { ...config, mostProbes: 5 } }, (event) => events.push(event));
  t.false(prober.ready());
  await done(prober);
  t.is(events.length, 5);
});

test.serial('a prober begins again as often as it is told to, and every answer goes to whoever asked', async (t) => {
  const { config, close } = await startSite();
  t.teardown(close);
  const prober = await startProber(here);
  const rounds: string[][] = [];
  for (const path of ['/one', '/other']) {
    const paths = [{ path, contains: 'Quintet', part: 'static' }] as const;
    const heard: string[] = [];
    prober.begin({ startMs: systemClock.nowMs(), config: { ...config, paths, mostProbes: 3 } }, (event) =>
      heard.push(`${event.path} ${event.id} ${event.result}`),
    );
    await done(prober);
    await prober.finish();
    rounds.push(heard.sort());
  }
  t.deepEqual(
    rounds,
    ['/one', '/other'].map((path) => [0, 1, 2].map((id) => `${path} ${id} ok`)),
  );
  await prober.kill();
  t.false(prober.ready());
  await t.throwsAsync(prober.finish(), { message: /The prober ended with / });
});

test.serial('a prober that cannot start says why', async (t) => {
  const broken = { atVantage: () => ['false'] };
  const error = await t.throwsAsync(startProber(broken));
  t.regex(error?.message ?? '', /The prober ended with exit code 1/);
});

test.serial('where it may, the prober goes before everything else on this computer', async (t) => {
  const allowed = await run(['chrt', '--rr', '1', 'true']).catch(() => ({ exitCode: 1 }));
  const prober = await startProber(here);
  t.teardown(prober.kill);
  // The policy in proc_pid_stat(5); 2 is SCHED_RR. The name before it may hold anything, but for a parenthesis here.
  const policy = (await readFile(`/proc/${prober.pid}/stat`, 'utf8')).split(') ')[1]?.split(' ')[38];
  t.is(policy, allowed.exitCode === 0 ? '2' : '0');
});
