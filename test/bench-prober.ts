import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProberConfig } from '../src/campaign/traffic/prober.js';
import { startProber } from '../src/campaign/traffic/prober-process.js';
import { type Percentiles, percentiles } from '../src/check/latencies.js';
import { systemClock } from '../src/host/clock.js';
import { parseLab } from '../src/lab/parse-lab.js';
import type { ProbeEvent } from '../src/model/history.js';
import type { Plan } from '../src/model/plan.js';
import { planOf } from '../src/plan/plan.js';
import { inNetwork } from '../src/providers/container/network.js';
import type { LabSite } from '../src/providers/provider.js';
import { labIdOf } from './rig/traces.js';

/** What the prober of a lab that is up says of itself, at the rates the bench holds it to. */
export interface ProberFigures {
  readonly name: string;
  readonly ratePerSecond: number;
  /** What the lateness at p99 is held to. */
  readonly boundMs: number;
  readonly lateness: Percentiles;
  readonly latency: Percentiles;
  readonly good: number;
  readonly sent: number;
}

/** How long each rate is kept up. */
const eachMs = 10_000;

const siteOf = async (folder: string): Promise<LabSite> => {
  const parsed = parseLab(await readFile(`${folder}/lab.yaml`, 'utf8'), 'lab.yaml');
  if (!parsed.ok) throw new Error(`${folder} has no lab that is right`);
  return { folder, id: await labIdOf(folder), plan: planOf(parsed.lab) };
};

type Named = Pick<ProberFigures, 'name' | 'boundMs'>;

const measure = async (site: LabSite, { name, boundMs }: Named, config: ProberConfig): Promise<ProberFigures> => {
  const here = { atVantage: (argv: readonly string[]) => inNetwork(site, argv) };
  const events: ProbeEvent[] = [];
  const prober = await startProber(here);
  prober.begin({ startMs: systemClock.nowMs() + 20, config }, (event) => events.push(event));
  await delay(eachMs);
  await prober.finish();
  await prober.kill();
  const good = events.filter(({ result }) => result === 'ok');
  const lateness = percentiles(events.map(({ latenessMs }) => latenessMs));
  const latency = percentiles(good.map(({ latencyMs }) => latencyMs));
  if (lateness === undefined || latency === undefined) throw new Error(`${name}: ${JSON.stringify(events.at(-1))}`);
  return {
    name,
    ratePerSecond: config.ratePerSecond,
    boundMs,
    lateness,
    latency,
    good: good.length,
    sent: events.length,
  };
};

const common = (plan: Plan, ca: string) => ({
  address: plan.network.vip,
  serverName: plan.network.siteName,
  ca,
  timeoutMs: plan.verify.timeoutMs,
  mostProbes: 1_000_000,
  mostInFlight: 1000,
});

/** Measures beside the machines of the lab in `folder`, which must be up, on the container provider. */
export const proberFigures = async (folder: string): Promise<ProberFigures[]> => {
  const site = await siteOf(folder);
  const { ports } = site.plan;
  const ca = await readFile(`${folder}/.quintet/ca/ca.crt`, 'utf8');
  const shared = common(site.plan, ca);
  return [
    await measure(
      site,
      { name: 'new TLS connections', boundMs: 2 },
      {
        ...shared,
        port: ports.https,
        ratePerSecond: 200,
        paths: [
          { path: '/', contains: 'Quintet', part: 'static' },
          { path: '/api/health', contains: '"database":"ok"', part: 'dynamic' },
        ],
      },
    ),
    await measure(
      site,
      { name: 'plain HTTP requests', boundMs: 5 },
      {
        ...shared,
        scheme: 'http',
        port: ports.http,
        ratePerSecond: 1000,
        paths: [{ path: '/', contains: '', part: 'static', expectStatus: 301 }],
      },
    ),
  ];
};

const folder = process.argv[2];
if (process.argv[1] === import.meta.filename && folder !== undefined) {
  for (const { name, ratePerSecond, lateness, latency, good, sent } of await proberFigures(folder))
    console.log(`${ratePerSecond}/s ${name}: ${good} of ${sent} good; lateness`, lateness, 'latency', latency);
}
