import type { ProbeEvent } from '../model/history.js';
import { mishap } from './explanations.js';
import { fail, pass, unknown } from './judgement.js';
import { isBad, isLate } from './outages.js';
import type { SiteRule } from './site-view.js';
import { counted, firstFew, ms } from './words.js';

/** Beyond this share of probes sent late too many moments were never looked at. */
const lateShareAtMost = 0.01;

/** What the prober was late for may have failed by its own fault, unless the site gave it a wrong answer. */
const surelyFailed = (probe: ProbeEvent, limitMs: number): boolean =>
  isBad(probe, limitMs) && (!isLate(probe) || probe.result === 'wrong');

/** No more requests failed than may. Unlike an outage, a request that was sent late and answered did not fail. */
export const failedRequests: SiteRule = ({ label, probes, limitMs, expected: { failedAtMost } }) => {
  if (failedAtMost === undefined) return undefined;
  const surely = probes.filter((probe) => surelyFailed(probe, limitMs));
  const perhaps = probes.filter((probe) => isBad(probe, limitMs)).length;
  const late = probes.filter(isLate).length;
  if (surely.length > failedAtMost) {
    const lines = surely.map((probe) => `${probe.path} at ${ms(probe.atMs)}: ${answerOf(probe, limitMs)}`);
    const detail = `${counted(surely.length, `${label}request`)} failed, at most ${failedAtMost} may`;
    return fail(detail, [`failed: ${firstFew(lines)}`], surely.map(probeMishap), failedAtMost);
  }
  if (perhaps > failedAtMost || late > probes.length * lateShareAtMost) {
    return unknown(`this computer was too busy to measure: ${counted(late, `${label}request`)} were sent late`);
  }
  return pass(`${counted(surely.length, `${label}request`)} failed of ${probes.length}`);
};

/** What would explain that a request got no good answer. */
export const probeMishap = ({ atMs, latencyMs }: ProbeEvent) => mishap(atMs, atMs + latencyMs);

/** What became of a probe, in a few words. */
export const answerOf = (probe: ProbeEvent, limitMs: number): string => {
  if (probe.result === 'wrong' && probe.status !== undefined && probe.status !== 200) return `status ${probe.status}`;
  if (probe.result !== 'ok') return probe.detail ?? (probe.result === 'timeout' ? 'no answer in time' : probe.result);
  return probe.latencyMs > limitMs ? `answered after ${ms(probe.latencyMs)}` : 'answered well';
};
