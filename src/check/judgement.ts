import type { Finding, Measure, Outcome } from '../model/verdict.js';
import { type Explanation, silence } from './explanations.js';

/** What a judge concludes from what was gathered; `judged` makes it a finding. */
export interface Judgement {
  readonly outcome: Outcome;
  readonly detail: string;
  readonly evidence?: readonly string[];
  readonly measures?: readonly Measure[];
  /**
   * Of a fail, or of what is unknown, that stalls of this computer could explain: each of them must be, but for so many (`spare`) that
   * may stay unexplained.
   */
  readonly explanations?: readonly Explanation[];
  readonly spare?: number;
}

export const pass = (detail: string, evidence: readonly string[] = []): Judgement => ({
  outcome: 'pass',
  detail,
  evidence,
});

/** Without explanations nothing that this computer does can excuse it. */
export const fail = (
  detail: string,
  evidence: readonly string[] = [],
  explanations: readonly Explanation[] = [],
  spare = 0,
): Judgement => ({ outcome: 'fail', detail, evidence, ...(explanations.length > 0 && { explanations, spare }) });

/** What fails by some error of the vantage: no answer in time can be this computer's own doing, nothing else can. */
export const failBy = (problem: string, detail: string, evidence: readonly string[] = []): Judgement =>
  fail(detail, evidence, /^(?:ETIMEDOUT|timeout)$/.test(problem) ? [silence] : []);

export const unknown = (
  detail: string,
  evidence: readonly string[] = [],
  explanations: readonly Explanation[] = [],
): Judgement => ({ outcome: 'unknown', detail, evidence, ...(explanations.length > 0 && { explanations }) });

/** What was measured and is held to nothing: it counts neither way. */
export const figures = (measures: readonly Measure[], evidence: readonly string[] = []): Judgement => ({
  outcome: 'skipped',
  detail: '',
  evidence,
  measures,
});

export type Subject = Pick<Finding, 'kind' | 'id' | 'title'>;

/** What went wrong, in one line for people. */
export const reason = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n').slice(0, 3).join(' ');

/** A judge that throws has found out nothing: never a pass, and never the lab's fault either. */
export const judged = (subject: Subject, judge: () => Judgement): Finding => ({ ...subject, ...attempted(judge) });

/** The same for a judge that may have nothing to say. */
export const attempted = <J extends Judgement | undefined>(judge: () => J): J | Judgement => {
  try {
    return judge();
  } catch (error) {
    return unknown(`could not be judged: ${reason(error)}`);
  }
};

/** What only adorns a finding: where it can't be told, the finding stands without it. */
export const ifTellable = <T>(tell: () => T): T | undefined => {
  try {
    return tell();
  } catch {
    return undefined;
  }
};

/** The worst of several: fail, then unknown, then pass. */
const gravity: Record<Outcome, number> = { fail: 3, unknown: 2, pass: 1, skipped: 0 };

/** The gravest of several outcomes; of none at all, `skipped`. */
export const gravest = (outcomes: readonly Outcome[]): Outcome =>
  outcomes.reduce<Outcome>((worst, outcome) => (gravity[outcome] > gravity[worst] ? outcome : worst), 'skipped');
