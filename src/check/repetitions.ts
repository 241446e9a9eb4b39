import type { History } from '../model/history.js';
import type { Finding } from '../model/verdict.js';
import type { Chapter } from './chapters.js';
import type { JudgedRun } from './distribution.js';
import { unknown } from './judgement.js';
import { runOf } from './outages.js';
import { judgeScenario } from './scenario.js';
import { endedMs } from './spells.js';

/** All tries of one repetition, the last of which counts. */
interface Repetition {
  readonly tries: JudgedRun[];
  /** As its runs tell; undefined as long as none was begun. */
  number?: number | undefined;
}

const isCutOff = ({ history }: JudgedRun): boolean => history !== undefined && endedMs(history) === undefined;

const tried = (history: History): JudgedRun => {
  const finding = judgeScenario(history);
  return isCutOff({ finding, history })
    ? { finding: { ...finding, ...unknown('the run was cut off', finding.evidence) }, history }
    : { finding, history };
};

const addRun = (all: Repetition[], history: History): void => {
  const { repetition = 1, attempt = 1 } = runOf(history) ?? {};
  const last = all.at(-1);
  const goesOn = last?.number === repetition || (last?.number === undefined && attempt > 1);
  if (last !== undefined && goesOn) {
    last.tries.push(tried(history));
    last.number = repetition;
  } else all.push({ tries: [tried(history)], number: repetition });
};

/** A finding says what became of the run that broke off before it; else it stands for a try that could not be begun. */
const addFinding = (all: Repetition[], finding: Finding): void => {
  const tries = all.at(-1)?.tries ?? [];
  const last = tries.at(-1);
  if (last !== undefined && isCutOff(last)) tries[tries.length - 1] = { finding };
  else if (last?.finding.outcome === 'unknown') tries.push({ finding });
  else all.push({ tries: [{ finding }] });
};

const repetitionsOf = (chapters: readonly Chapter[]): Repetition[] => {
  const all: Repetition[] = [];
  for (const chapter of chapters) {
    if ('history' in chapter) addRun(all, chapter.history);
    else addFinding(all, chapter.finding);
  }
  return all;
};

/** The last try, with what the earlier ones said. */
const counting = ({ tries }: Repetition): JudgedRun[] => {
  const last = tries.at(-1);
  if (last === undefined) return [];
  const earlier = tries.slice(0, -1).map(({ finding }, index) => `try ${index + 1}: ${finding.detail}`);
  return [{ ...last, finding: withEvidence(last.finding, earlier) }];
};

const withEvidence = (finding: Finding, lines: readonly string[]): Finding =>
  lines.length === 0 ? finding : { ...finding, evidence: [...lines, ...(finding.evidence ?? [])] };

/** What counts of one scenario's chapters: a run, or what kept it from being played, for each repetition. */
export const countingRuns = (chapters: readonly Chapter[]): JudgedRun[] => repetitionsOf(chapters).flatMap(counting);
