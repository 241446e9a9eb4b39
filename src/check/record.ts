import type { History, VerificationRecord } from '../model/history.js';
import type { Finding, Verdict } from '../model/verdict.js';
import { type Chapter, chaptersOf } from './chapters.js';
import { mergedRuns } from './merged-runs.js';
import { runOf } from './outages.js';
import { countingRuns } from './repetitions.js';
import { verdictOf } from './verdict.js';

/** The runs of a record in order, the events of each in the order in which they happened; one that was cut off as well. */
export const runsOf = (record: VerificationRecord): History[] =>
  chaptersOf(record).flatMap((chapter) => ('history' in chapter ? [chapter.history] : []));

/** What all the runs of one scenario come to. */
const scenarioFinding = (chapters: readonly Chapter[]): Finding => {
  const played = chapters.flatMap((each) => ('history' in each ? (runOf(each.history)?.scenario ?? []) : []));
  const [most] = played.sort((one, other) => other.repeat - one.repeat);
  return mergedRuns(countingRuns(chapters), most);
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
