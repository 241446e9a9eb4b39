import type { Finding } from '../src/model/verdict.js';

/** Figures of scenarios that are played many times, for `npm run bench`. */

export interface Row {
  readonly what: string;
  readonly seen: string;
  readonly bound: string;
  readonly command: string;
}

export interface Lab {
  /** Runs Quintet in the lab's folder and returns its standard output; a failed verification is a result. */
  readonly quintet: (...line: string[]) => Promise<string>;
}

const ms = (value: number): string => `${Math.round(value).toLocaleString('en-US')} ms`;

const findingOf = async (lab: Lab, id: string, repeat: number): Promise<Finding> => {
  const report = JSON.parse(await lab.quintet('verify', id, '--repeat', String(repeat), '--format', 'json'));
  return report.findings.find((finding: Finding) => finding.kind === 'scenario' && finding.id === id);
};

/** The outage of many runs: the bar is for the median and the 95th percentile. */
export const distributionRow = async (
  lab: Lab,
  { id, timing, repeat, bound }: { id: string; timing: string; repeat: number; bound: string },
): Promise<Row> => {
  const { distribution, outcome } = await findingOf(lab, id, repeat);
  const figures = distribution
    ? `median ${ms(distribution.medianMs)}, p95 ${ms(distribution.p95Ms)} (${ms(distribution.minMs)} to ${ms(distribution.maxMs)})`
    : 'nothing measured';
  return {
    what: `outage, ${id}, ${timing} timing, ${repeat} runs`,
    seen: `${figures}; ${outcome}`,
    bound,
    command: `quintet verify ${id} --repeat ${repeat}`,
  };
};

/** A number as people read it. */
const count = (text = ''): number => Number(text.replaceAll(',', ''));

/** How many requests of how many failed, all runs together. */
export const failedRow = async (
  lab: Lab,
  { id, timing, repeat }: { id: string; timing: string; repeat: number },
): Promise<Row> => {
  const { evidence = [], outcome } = await findingOf(lab, id, repeat);
  const runs = evidence.flatMap((line) => {
    const [, failed, sent] = /^run \d+: .*?([\d,]+) of ([\d,]+) requests failed/.exec(line) ?? [];
    return failed === undefined ? [] : [{ failed: count(failed), sent: count(sent) }];
  });
  const sum = (of: 'failed' | 'sent') => runs.reduce((total, run) => total + run[of], 0);
  return {
    what: `failed requests, ${id}, ${timing} timing, ${repeat} runs`,
    seen: `${sum('failed')} of ${sum('sent').toLocaleString('en-US')}; ${outcome}`,
    bound: '0 of 5,000',
    command: `quintet verify ${id} --repeat ${repeat}`,
  };
};

/** Everything that ships, played once. */
export const everythingRow = async (lab: Lab): Promise<Row> => {
  const from = performance.now();
  const report = JSON.parse(await lab.quintet('verify', '--format', 'json'));
  const tookMs = performance.now() - from;
  const { pass, fail, unknown, skipped } = report.counts;
  return {
    what: 'all checks and all scenarios of scale-up',
    seen: `${(tookMs / 1000).toFixed(0)} s; ${pass} passed, ${fail} failed, ${unknown} unknown, ${skipped} skipped`,
    bound: '240 s',
    command: 'quintet verify',
  };
};
