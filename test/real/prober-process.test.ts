import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import type { ProberConfig } from '../../src/campaign/traffic/prober.js';
import { startProber } from '../../src/campaign/traffic/prober-process.js';
import { systemClock } from '../../src/host/clock.js';
import { run, start } from '../../src/host/command.js';
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

timed('the prober probes in a process of its own on the same clock, until it is told to stop', async (t) => {
  const { config, close } = await startSite();
  t.teardown(close);
  const events: ProbeEvent[] = [];
  const prober = await startProber(here, config, (event) => events.push(event));
  prober.begin(systemClock.nowMs() + 20);
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
  const input = `${JSON.stringify(config)}\nstart ${startMs}\n`;
  const { exitCode, stdout } = await run(ownScript('campaign/traffic/prober-main'), { input, timeoutMs: 10_000 });
  t.is(exitCode, 0);
  t.regex(stdout, /^\{"type":"ready","pid":\d+\}/);
});

test.serial('the prober sends no more than the most it was allowed', async (t) => {
  const { config, close } = await startSite();
  t.teardown(close);
  const companion = start(ownScript('campaign/traffic/prober-main'));
  companion.write(`${JSON.stringify({ ...config, mostProbes: 5 })}\nstart ${systemClock.nowMs()}\n`);
  const lines: string[] = [];
  for await (const line of companion.lines) lines.push(line);
  t.is(lines.length, 1 + 5);
  t.is((await companion.done).exitCode, 0);
});

test.serial('a prober that cannot start says why', async (t) => {
  const broken = { atVantage: () => ['false'] };
  const { config, close } = await startSite();
  t.teardown(close);
  const error = await t.throwsAsync(startProber(broken, config, () => undefined));
  t.regex(error?.message ?? '', /The prober ended with exit code 1/);
});

test.serial('where it may, the prober goes before everything else on this computer', async (t) => {
  const allowed = await run(['chrt', '--rr', '1', 'true']).catch(() => ({ exitCode: 1 }));
  const { config, close } = await startSite();
  t.teardown(close);
  const prober = await startProber(here, config, () => undefined);
  t.teardown(prober.kill);
  // The policy in proc_pid_stat(5); 2 is SCHED_RR. The name before it may hold anything, but for a parenthesis here.
  const policy = (await readFile(`/proc/${prober.pid}/stat`, 'utf8')).split(') ')[1]?.split(' ')[38];
  t.is(policy, allowed.exitCode === 0 ? '2' : '0');
});
