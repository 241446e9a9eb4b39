import type { History, HistoryEvent, RecordEvent, VerificationRecord } from '../model/history.js';
import type { Finding, Verdict } from '../model/verdict.js';
import type { JudgedRun } from './distribution.js';
import { unknown } from './judgement.js';
import { mergedRuns } from './merged-runs.js';
import { runOf } from './outages.js';
import { judgeScenario } from './scenario.js';
import { endedMs } from './spells.js';
import { verdictOf } from './verdict.js';

/** What a record tells, one after the other: a run, or a finding. */
type Chapter = { readonly history: History } | { readonly finding: Finding };

const isOfRun = (event: RecordEvent): event is HistoryEvent =>
  event.type !== 'verification-started' && event.type !== 'verification-ended' && event.type !== 'found';

const sorted = (events: readonly HistoryEvent[]): History => [...events].sort((one, other) => one.atMs - other.atMs);

const chaptersOf = (record: VerificationRecord): Chapter[] => {
  const chapters: (HistoryEvent[] | Finding)[] = [];
  for (const event of record) {
    const last = chapters.at(-1);
    if (event.type === 'found') chapters.push(event.finding);
    else if (event.type === 'run-started') chapters.push([event]);
    else if (isOfRun(event) && Array.isArray(last)) last.push(event);
  }
  return chapters.map((each) => (Array.isArray(each) ? { history: sorted(each) } : { finding: each }));
};

/** The runs of a record in order, the events of each in the order in which they happened; one that was cut off as well. */
export const runsOf = (record: VerificationRecord): History[] =>
  chaptersOf(record).flatMap((chapter) => ('history' in chapter ? [chapter.history] : []));

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
  if (last !== undefined && isCutOff(last)) tries[tries.length - 1] = { finding, history: last.history };
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

/** What all the runs of one scenario come to. Repetitions that were to be played and were not are not known to be good. */
const scenarioFinding = (chapters: readonly Chapter[]): Finding => {
  const repetitions = repetitionsOf(chapters);
  const finding = mergedRuns(repetitions.flatMap(counting));
  const wanted = Math.max(
    ...chapters.map((each) => ('history' in each ? (runOf(each.history)?.scenario.repeat ?? 1) : 1)),
  );
  if (finding.outcome !== 'pass' || repetitions.length >= wanted) return finding;
  return { ...finding, ...unknown(`only ${repetitions.length} of ${wanted} runs were played`, finding.evidence) };
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
