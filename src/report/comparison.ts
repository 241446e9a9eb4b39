import type { VerificationRecord } from '../model/history.js';
import type { Finding, Measure, Outcome, Verdict } from '../model/verdict.js';
import { type Change, type Compared, type ComparedRun, type Comparison, changeOrder } from './comparison-schema.js';
import { differencesOf } from './conditions.js';
import { partsOfFinding } from './failover-parts.js';
import { countsOf, measureOf, outageOf, writesLost } from './figures.js';
import { runFactsOf } from './run-facts.js';
import { runsByScenario, startOf } from './runs.js';

/** A verification that is compared: what it is called, what its record says, and what follows from that. */
export interface Judged {
  readonly name: string;
  readonly record: VerificationRecord;
  readonly verdict: Verdict;
}

/** Two verifications, of one lab or of two: what was other about them, and what came out otherwise. */
export const comparisonOf = (a: Judged, b: Judged): Comparison => {
  const findings = inOrder(pairsOf(a, b).map(([one, other]) => compared(one, other)));
  const count = (change: Change) => findings.filter((finding) => finding.change === change).length;
  const [startA, startB] = [startOf(a.record), startOf(b.record)];
  return {
    version: 1,
    a: sideOf(a),
    b: sideOf(b),
    differences: startA === undefined || startB === undefined ? [] : differencesOf(startA, startB),
    counts: Object.fromEntries(changeOrder.map((change) => [change, count(change)])) as Comparison['counts'],
    findings,
  };
};

const sideOf = ({ name, record, verdict }: Judged): ComparedRun => {
  const { lab, title, provider, startedAt, durationMs, environment } = runFactsOf(record);
  return {
    run: name,
    lab,
    title,
    provider,
    startedAt,
    durationMs: Math.round(durationMs),
    quintet: environment?.quintet,
    complete: record.some(({ type }) => type === 'verification-ended'),
    outcome: verdict.outcome,
    counts: countsOf(verdict.findings),
  };
};

/** A finding with the figures that are compared. */
interface Side {
  readonly finding: Finding;
  readonly figures: ReadonlyMap<string, Pick<Measure, 'value' | 'unit'>>;
}

type Pair = readonly [Side | undefined, Side | undefined];

const keyOf = ({ kind, id }: Finding): string => `${kind} ${id}`;

/** What both found out about the same thing, in the order of the first, then what only the other has. */
const pairsOf = (a: Judged, b: Judged): Pair[] => {
  const [one, other] = [sidesOf(a), sidesOf(b)];
  return [...new Set([...one.keys(), ...other.keys()])].map((key) => [one.get(key), other.get(key)]);
};

const sidesOf = ({ record, verdict }: Judged): ReadonlyMap<string, Side> => {
  const runs = runsByScenario(record);
  return new Map(
    verdict.findings.map((finding) => {
      const parts = partsOfFinding(finding, runs.get(finding.id) ?? []);
      const figures = [
        ...measuresOf(finding),
        ...parts.map(({ name, ms }) => ({ name, value: ms, unit: 'ms' as const })),
      ];
      return [keyOf(finding), { finding, figures: new Map(figures.map((figure) => [figure.name, figure])) }];
    }),
  );
};

const measuresOf = (finding: Finding): Measure[] => {
  const outage = outageOf(finding);
  const { distribution } = finding;
  const named = (name: string, value: number | undefined, unit: Measure['unit'] = 'ms'): Measure[] =>
    value === undefined ? [] : [{ name, value, unit }];
  return [
    ...named('outage', outage?.value),
    ...named('outage at most', outage?.atMost),
    ...named('median outage', distribution?.medianMs),
    ...named('runs', distribution?.runs, 'count'),
    ...named('failed', measureOf(finding, 'failed')?.value, 'requests'),
    ...named('writes lost', writesLost(finding)?.value, 'count'),
    ...named('recovery', measureOf(finding, 'recovery')?.value),
  ];
};

const compared = (a: Side | undefined, b: Side | undefined): Compared => {
  const { kind, id, title } = (b ?? a)?.finding ?? { kind: 'check' as const, id: '', title: '' };
  const names = new Set([...(a?.figures.keys() ?? []), ...(b?.figures.keys() ?? [])]);
  return {
    kind,
    id,
    title,
    change: changeOf(a?.finding.outcome, b?.finding.outcome),
    a: a?.finding.outcome,
    b: b?.finding.outcome,
    details: { a: a?.finding.detail, b: b?.finding.detail },
    figures: [...names].map((name) => {
      const [one, other] = [a?.figures.get(name), b?.figures.get(name)];
      return { name, unit: (one ?? other)?.unit ?? 'ms', a: one?.value, b: other?.value };
    }),
  };
};

/** Only what is known on both sides can be better or worse. */
const changeOf = (a: Outcome | undefined, b: Outcome | undefined): Change => {
  if (a === undefined) return 'only-in-b';
  if (b === undefined) return 'only-in-a';
  if (a === b) return 'same';
  if (a === 'pass' && b === 'fail') return 'worse';
  return a === 'fail' && b === 'pass' ? 'better' : 'other';
};

const kinds: readonly Finding['kind'][] = ['scenario', 'check'];

const inOrder = (findings: readonly Compared[]): Compared[] =>
  findings.toSorted(
    (one, other) =>
      kinds.indexOf(one.kind) - kinds.indexOf(other.kind) ||
      changeOrder.indexOf(one.change) - changeOrder.indexOf(other.change),
  );

/** For programs; docs/comparison.schema.json says what is in it. */
export const jsonComparison = (comparison: Comparison): string => `${JSON.stringify(comparison, null, 2)}\n`;
