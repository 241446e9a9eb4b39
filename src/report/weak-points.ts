import type { Finding, Measure } from '../model/verdict.js';
import { outageOf } from './figures.js';

/** Something the site can't do without, with the scenarios that proved it. */
export interface WeakPoint {
  readonly name: string;
  readonly proofs: readonly Finding[];
  /** The longest outage that its loss cost. */
  readonly outage: Measure | undefined;
}

/** The single points of failure that scenarios proved, in the order in which they were found. */
export const weakPointsOf = (findings: readonly Finding[]): WeakPoint[] => {
  const names = new Set(findings.flatMap((finding) => finding.singlePointOfFailure ?? []));
  return [...names].map((name) => {
    const proofs = findings.filter((finding) => finding.singlePointOfFailure === name);
    const outages = proofs.flatMap((proof) => outageOf(proof) ?? []);
    return { name, proofs, outage: outages.sort((one, other) => other.value - one.value)[0] };
  });
};
