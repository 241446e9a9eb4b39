import type { History, VerificationRecord } from '../model/history.js';
import type { Finding, Verdict } from '../model/verdict.js';
import { type Chapter, chaptersOf } from './chapters.js';
import { unknown } from './judgement.js';
import { mergedRuns } from './merged-runs.js';
import { runOf } from './outages.js';
import { countingRuns } from './repetitions.js';
import { verdictOf } from './verdict.js';

/** The runs of a record in order, the events of each in the order in which they happened; one that was cut off as well. */
export const runsOf = (record: VerificationRecord): History[] =>
  chaptersOf(record).flatMap((chapter) => ('history' in chapter ? [chapter.history] : []));

/** What all the runs of one scenario come to. Repetitions that were to be played and were not are not known to be good. */
const scenarioFinding = (chapters: readonly Chapter[]): Finding => {
  const runs = countingRuns(chapters);
  const finding = mergedRuns(runs);
  const wanted = Math.max(
    ...chapters.map((each) => ('history' in each ? (runOf(each.history)?.scenario.repeat ?? 1) : 1)),
  );
  if (finding.outcome !== 'pass' || runs.length >= wanted) return finding;
  return { ...finding, ...unknown(`only ${runs.length} of ${wanted} runs were played`, finding.evidence) };
};

const idOf = (chapter: Chapter): string | undefined =>
  'history' in chapter ? runOf(chapter.history)?.scenario.id : chapter.finding.id;

const isCheck = (chapter: Chapter): chapter is { readonly finding: Finding } =>
  'finding' in chapter && chapter.finding.kind === 'check';

/** Chapters that belong together, in order of first appearance: each check alone, each scenario with all its runs. */
const grouped = (chapters: readonly Chapter[]): Chapter[][] => {
  const groups: Chapter[][] = [];
  for (const chapter of chapters) {
    const own = isCheck(chapter)
      ? undefined
      : groups.find(([first]) => first !== undefined && !isCheck(first) && idOf(first) === idOf(chapter));
    if (own === undefined) groups.push([chapter]);
    else own.push(chapter);
  }
  return groups;
};

const cutOff: Finding = {
  kind: 'check',
  id: 'verification-ended',
  title: 'The verification reached its end',
  outcome: 'unknown',
  detail: 'its record was cut off: what was still to come is not known',
};

/** The verdict that follows from a record alone, now as well as years later. */
export const judgeRecord = (record: VerificationRecord): Verdict => {
  const findings = grouped(chaptersOf(record)).map((chapters) => {
    const [first] = chapters;
    return first !== undefined && isCheck(first) ? first.finding : scenarioFinding(chapters);
  });
  const ended = record.some((event) => event.type === 'verification-ended');
  return verdictOf(ended ? findings : [...findings, cutOff]);
};
