import type { Lab } from '../model/lab.js';
import { type Pace, slowest } from '../model/pace.js';
import type { HaproxyCheck, Vrrp, VrrpRouter } from '../model/plan.js';

/** Advertisement interval of each named timing, in milliseconds. */
export const advertMsOf = { classic: 1000, balanced: 300, fast: 100 } as const;

/** Skew_Time of a VRRP v3 router, in milliseconds (RFC 9568 section 6.1). */
export const skewMs = (priority: number, advertMs: number): number => ((256 - priority) * advertMs) / 256;

/** Master_Down_Interval, in milliseconds (RFC 9568 section 6.1). */
export const masterDownMs = (priority: number, advertMs: number): number => 3 * advertMs + skewMs(priority, advertMs);

/** 255 would mean that the router owns the address itself; the closer below it, the shorter the skew. */
const highestPriority = 254;

/** Whoever chose adverts slower than classic has slow machines: everything takes that much longer there. */
export const labPace = ({ vrrp: { advertMs = 0 } }: Pick<Lab, 'vrrp'>): Pace => slowest(advertMs / advertMsOf.classic);

/**
 * Before 2.3.2 keepalived knows no interval below one second; Debian 13 alone has a later one. Slow
 * machines can't answer every 300 ms.
 */
const haproxyCheck = (system: Lab['system'], advertMs: number): HaproxyCheck => {
  const { intervalMs, fall } = system === 'debian-13' ? { intervalMs: 300, fall: 3 } : { intervalMs: 1000, fall: 2 };
  const slowMs = Math.round(advertMs / 4);
  const check = { intervalMs: Math.max(intervalMs, slowMs), timeoutMs: Math.max(250, slowMs), fall };
  return { ...check, downMs: fall * check.intervalMs + check.timeoutMs };
};

/** Priorities and timers of every load balancer, in the order of the lab file. */
export const vrrp = (
  { vrrp: settings, system }: Pick<Lab, 'vrrp' | 'system'>,
  loadBalancers: readonly string[],
): Vrrp => {
  const advertMs = settings.advertMs ?? advertMsOf[settings.timing];
  const routers = loadBalancers.map((machine, index): VrrpRouter => {
    const priority = highestPriority - index;
    return { machine, priority, skewMs: skewMs(priority, advertMs), masterDownMs: masterDownMs(priority, advertMs) };
  });
  return {
    routerId: settings.routerId,
    advertMs,
    preempt: settings.preempt,
    preemptDelayS: settings.preemptDelayS,
    routers,
    masterDownMs: Math.max(0, ...routers.map((router) => router.masterDownMs)),
    skewMs: Math.max(0, ...routers.map((router) => router.skewMs)),
    haproxyCheck: haproxyCheck(system, advertMs),
  };
};
