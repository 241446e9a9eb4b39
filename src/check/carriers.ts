import type { History } from '../model/history.js';
import { type Pace, usualPace } from '../model/pace.js';
import type { FaultKind } from '../model/scenario.js';
import type { Measure } from '../model/verdict.js';
import { type Explanation, excess } from './explanations.js';
import { fail, type Judgement, pass } from './judgement.js';
import { type Answered, isAnswered, probesOf, runOf } from './outages.js';
import { spells } from './spells.js';
import { overlapToleranceMs, tenures, type VipWindow } from './vip-holders.js';
import { counted, firstFew, ms } from './words.js';

/** A load balancer that has just let the VIP go may still bring an answer home. On slow machines it takes longer. */
const drainMs = 3000;
/** Quintet may hear of a new holder only after its first answers, and from slow machines later. */
const observerDelayMs = 500;

const heldBetween = (all: readonly VipWindow[], machine: string, fromMs: number, toMs: number): boolean =>
  all.some((each) => each.holders.includes(machine) && each.fromMs <= toMs && each.toMs >= fromMs);

const nearly = (all: readonly VipWindow[], probe: Answered): boolean => {
  const toMs = probe.atMs + probe.latencyMs + overlapToleranceMs;
  return heldBetween(all, probe.via.loadBalancer, probe.atMs - overlapToleranceMs, toMs);
};

const atAll = (all: readonly VipWindow[], probe: Answered, pace: Pace): boolean => {
  const toMs = probe.atMs + probe.latencyMs + observerDelayMs * pace;
  return heldBetween(all, probe.via.loadBalancer, probe.atMs - drainMs * pace, toMs);
};

/** HAProxy is not there for as long as they last; one that hangs still accepts connections, and hands none over. */
const takesHaproxyAway: readonly FaultKind[] = ['process-killed', 'service-stopped', 'service-restarted'];

/**
 * Where HAProxy is gone on the holder of the VIP, the other load balancer is handed its connections until keepalived has noticed
 * (hand-over.nft): what that one answers meanwhile is as it should be, however long the noticing takes.
 */
const handedOver = (history: History, all: readonly VipWindow[]): ((probe: Answered) => boolean) => {
  const gone = spells(history).filter(
    ({ fault }) => fault.service === 'haproxy' && takesHaproxyAway.includes(fault.fault),
  );
  return (probe) =>
    gone.some(({ fault: { machine, atMs }, undoneMs = Number.POSITIVE_INFINITY }) => {
      const answeredMs = probe.atMs + probe.latencyMs;
      const other =
        probe.via.loadBalancer !== machine && all.some((each) => each.holders.includes(probe.via.loadBalancer));
      return other && answeredMs >= atMs && probe.atMs <= undoneMs && heldBetween(all, machine, probe.atMs, answeredMs);
    });
};

/** How far an answer lies outside of its carrier's nearest tenure would have to be explained; undefined where it has none. */
const nearest = (all: readonly VipWindow[], probe: Answered): Explanation | undefined => {
  const [fromMs, toMs] = [probe.atMs, probe.atMs + probe.latencyMs];
  const own = all.filter(({ holders }) => holders.includes(probe.via.loadBalancer));
  const apart = own.map((each) =>
    each.toMs < fromMs ? excess(each.toMs, toMs, fromMs - each.toMs) : excess(fromMs, each.fromMs, each.fromMs - toMs),
  );
  return apart.sort((one, other) => one.needMs - other.needMs)[0];
};

/** The only load balancer there is can't be taken for another: what it answers before it has the VIP again was meant for it. */
const aloneIn = (history: History): string | undefined => {
  const [only, ...others] = new Set(history.flatMap((event) => (event.type === 'vrrp' ? event.machine : [])));
  return others.length === 0 ? only : undefined;
};

/**
 * Every answer came through a load balancer that held the VIP while the request was under way. Some moments off are
 * counted and pass; one that did not hold it anywhere near must not have answered.
 */
export const judgeCarriers = (history: History): Judgement | undefined => {
  const all = tenures(history);
  const answered = probesOf(history).filter(isAnswered);
  if (all.length === 0 || answered.length === 0) return undefined;
  const alone = aloneIn(history);
  const off = answered.filter((probe) => probe.via.loadBalancer !== alone && !nearly(all, probe));
  const pace = runOf(history)?.pace ?? usualPace;
  const isHandedOver = handedOver(history, all);
  const wrong = off.filter((probe) => !atAll(all, probe, pace) && !isHandedOver(probe));
  const measures: Measure[] = [
    { name: 'answered just off the holder', value: off.length - wrong.length, unit: 'requests' },
    { name: 'answered by the wrong machine', value: wrong.length, unit: 'requests', atMost: 0 },
  ];
  if (wrong.length === 0) return { ...pass('every answer came through the holder of the VIP'), measures };
  const names = [...new Set(wrong.map((probe) => probe.via.loadBalancer))].join(' and ');
  const lines = wrong.map((probe) => `${probe.via.loadBalancer} at ${ms(probe.atMs)}`);
  const detail = `${counted(wrong.length, 'request')} answered by ${names}, which did not hold the VIP`;
  const why = wrong.map((probe) => nearest(all, probe));
  const explanations = why.filter((each) => each !== undefined);
  const excusable = explanations.length === why.length ? explanations : [];
  return { ...fail(detail, [`answered by the wrong machine: ${firstFew(lines)}`], excusable), measures };
};
