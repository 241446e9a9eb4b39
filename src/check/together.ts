import type { History } from '../model/history.js';
import { gravest, type Judgement } from './judgement.js';
import { excused } from './stalls.js';

const unique = (lines: readonly string[]): string[] => [...new Set(lines)].filter((line) => line !== '');

/**
 * One judgement out of many: the gravest outcome, in the words of those that came to it; what all of them saw and measured.
 * Here each fail is asked whether stalls in that history explain it.
 */
export const together = (parts: readonly (Judgement | undefined)[], history: History = []): Judgement => {
  const said = parts.filter((part) => part !== undefined).map((part) => excused(history, part));
  const outcome = gravest(said.map((part) => part.outcome));
  const telling = said.filter((part) => part.outcome === outcome).map((part) => part.detail);
  return {
    outcome,
    detail: unique(telling).join('; '),
    evidence: unique(said.flatMap((part) => part.evidence ?? [])),
    measures: said.flatMap((part) => part.measures ?? []),
  };
};
