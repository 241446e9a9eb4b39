import type { Finding, Measure, Outcome } from '../model/verdict.js';

/** What a judge concludes from what was gathered; `judged` makes it a finding. */
export interface Judgement {
  readonly outcome: Outcome;
  readonly detail: string;
  readonly evidence?: readonly string[];
  readonly measures?: readonly Measure[];
}

export const pass = (detail: string, evidence: readonly string[] = []): Judgement => ({
  outcome: 'pass',
  detail,
  evidence,
});

export const fail = (detail: string, evidence: readonly string[] = []): Judgement => ({
  outcome: 'fail',
  detail,
  evidence,
});

export const unknown = (detail: string, evidence: readonly string[] = []): Judgement => ({
  outcome: 'unknown',
  detail,
  evidence,
});

export type Subject = Pick<Finding, 'kind' | 'id' | 'title'>;

/** What went wrong, in one line for people. */
export const reason = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n').slice(0, 3).join(' ');

/** A judge that throws has found out nothing: never a pass, and never the lab's fault either. */
export const judged = (subject: Subject, judge: () => Judgement): Finding => {
  try {
    return { ...subject, ...judge() };
  } catch (error) {
    return { ...subject, ...unknown(`could not be judged: ${reason(error)}`) };
  }
};

/** The worst of several: fail, then unknown, then pass. */
const gravity: Record<Outcome, number> = { fail: 3, unknown: 2, pass: 1, skipped: 0 };

/** The gravest of several outcomes; of none at all, `skipped`. */
export const gravest = (outcomes: readonly Outcome[]): Outcome =>
  outcomes.reduce<Outcome>((worst, outcome) => (gravity[outcome] > gravity[worst] ? outcome : worst), 'skipped');
