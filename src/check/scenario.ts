import type { History, RunStarted } from '../model/history.js';
import type { ScheduledScenario } from '../model/scenario.js';
import type { Finding, Phases } from '../model/verdict.js';
import { judgeAlerts } from './alerts.js';
import { judgeBrokenConfiguration } from './broken-configuration.js';
import { judgeCarriers } from './carriers.js';
import { singlePointOf } from './expected-outage.js';
import { attempted, ifTellable, type Judgement, unknown } from './judgement.js';
import { judgeKeptConnections } from './kept-connections.js';
import { isBad, outages, probesOf, runOf, totalMs } from './outages.js';
import { phasesOf } from './phases.js';
import { notMeasured } from './prober-trust.js';
import { judgeRecovery } from './recovery.js';
import { judgeRestore, restoredLines } from './restore.js';
import { judgeSite } from './site-part.js';
import { viewOf } from './site-view.js';
import { slowAnswers } from './slow-answers.js';
import { judgePromotions, judgeSources } from './sources.js';
import { endedMs } from './spells.js';
import { judgeReads } from './stale-reads.js';
import { judgeSwitches } from './switches.js';
import { together } from './together.js';
import { judgeVip } from './vip.js';
import { expectedOf, judgeWaiting } from './waiting.js';
import { counted, ms, number } from './words.js';
import { judgeWrites } from './writes.js';

type Expect = ScheduledScenario['expect'];
type Checker = (history: History, expect: Expect) => Judgement | undefined;

/** Any outage passes that was seen to end. */
const nothingExpected = { outageExpected: false } as const;

/** What is held against the history of a scenario; each can throw without hiding the others. */
const checkers: readonly Checker[] = [
  (history, { site = nothingExpected }) => judgeSite(history, 'site', site),
  (history, expect) => expect.static && judgeSite(history, 'static', expect.static),
  (history, expect) => expect.dynamic && judgeSite(history, 'dynamic', expect.dynamic),
  slowAnswers,
  (history, { vip }) => judgeVip(history, vip),
  (history, { vip }) => (vip?.splitExpected ? undefined : judgeCarriers(history)),
  (history, { writes }) => judgeWrites(history, writes),
  (history, { writes }) => judgeReads(history, writes),
  judgeSources,
  (history, { promotion }) => judgePromotions(history, promotion),
  (history, { breaksAtMost }) => judgeKeptConnections(history, breaksAtMost),
  (history, { alert }) => judgeAlerts(history, alert),
  (history, { restore }) => judgeRestore(history, restore),
  judgeBrokenConfiguration,
  (history, expect) => judgeSwitches(history, expect.switched),
  judgeRecovery,
  judgeWaiting,
];

/** Judges one run of a scenario by its history alone. */
export const judgeScenario = (history: History): Finding => {
  const started = runOf(history);
  if (started === undefined) {
    const subject = { kind: 'scenario', id: 'run', title: 'A run without its beginning' } as const;
    return { ...subject, ...unknown('the run never started') };
  }
  const { id, title } = started.scenario;
  const expect = expectedOf(history, started.scenario.expect);
  const judgement = together(
    checkers.map((checker) => attempted(() => checker(history, expect))),
    history,
  );
  const single = ifTellable(() => singlePointOfFailure(history, expect));
  const phases = ifTellable(() => phasesOf(history)) ?? {};
  const ended = endedMs(history);
  return {
    kind: 'scenario',
    id,
    title,
    ...judgement,
    ...(judgement.outcome === 'pass' ? { detail: story(history, started) } : {}),
    evidence: [
      ...stepLines(history),
      ...restoredLines(history),
      ...phaseLines(phases),
      ...servedLines(history),
      ...toldOnce(judgement.evidence ?? []),
    ],
    ...(single === undefined ? {} : { singlePointOfFailure: single }),
    ...(ended === undefined ? {} : { durationMs: ended }),
  };
};

/** An outage of the site that was one of a part alone is told as that. */
const toldOnce = (lines: readonly string[]): string[] =>
  lines.filter((line) => !lines.some((other) => other === `static ${line}` || other === `dynamic ${line}`));

/** The machine that the site proved to be unable to do without. */
const singlePointOfFailure = (history: History, expect: Expect): string | undefined =>
  notMeasured(history)
    ? undefined
    : (['site', 'static', 'dynamic'] as const)
        .map((of) => expect[of] && singlePointOf(viewOf(history, of, expect[of])))
        .find((machine) => machine !== undefined);

const stepLines = (history: History): string[] =>
  history.flatMap((event) => {
    if (event.type === 'waited') return [`waited ${ms(event.tookMs)} until ${event.for}`];
    if (event.type !== 'fault' && event.type !== 'heal') return [];
    const what = event.service === undefined ? event.fault : `${event.fault} (${event.service})`;
    return [`${event.type} ${what} on ${event.machine} at ${ms(event.atMs)}`];
  });

const hops = { web: 'web servers', app: 'application servers', database: 'databases' } as const;

/** How many answers came through each machine of a hop; nothing where one alone served. */
const servedLines = (history: History): string[] =>
  (Object.keys(hops) as (keyof typeof hops)[]).flatMap((hop) => {
    const count = new Map<string, number>();
    for (const { via } of probesOf(history)) {
      const name = via?.[hop];
      if (name !== undefined) count.set(name, (count.get(name) ?? 0) + 1);
    }
    const each = [...count].sort().map(([name, answers]) => `${name} ${counted(answers, 'answer')}`);
    return each.length < 2 ? [] : [`${hops[hop]}: ${each.join(', ')}`];
  });

const phaseWords: Readonly<Record<keyof Phases, string>> = {
  detectionMs: 'noticed after',
  electionMs: 'another holder after',
  arpMs: 'heard of after',
  firstAnswerMs: 'first good answer after',
};

const phaseLines = (phases: Phases): string[] => {
  const seen = (Object.keys(phaseWords) as (keyof Phases)[]).filter((name) => phases[name] !== undefined);
  return seen.length === 0
    ? []
    : [`failover: ${seen.map((name) => `${phaseWords[name]} ${ms(phases[name] ?? 0)}`).join(', ')}`];
};

/** What visitors saw of it, in a line: who carried them, and how many got no good answer. */
const story = (history: History, { limitMs }: RunStarted): string => {
  const probes = probesOf(history);
  const failed = probes.filter((probe) => isBad(probe, limitMs)).length;
  const carriers = probes
    .flatMap((probe) => probe.via?.loadBalancer ?? [])
    .filter((name, index, all) => name !== all[index - 1]);
  const carried = carriers.length === 0 ? 'carried by nobody known' : `carried by ${carriers.join(', then ')}`;
  return `${number(failed)} of ${number(probes.length)} requests failed; ${carried}${doubt(history)}`;
};

/** Probes sent late leave the outage between two figures: the greater one counts, the smaller one is told. */
const doubt = (history: History): string => {
  const leastMs = totalMs(outages(history, 'good'));
  return leastMs < totalMs(outages(history, 'bad'))
    ? `; this computer was busy: the outage may have been ${ms(leastMs)}`
    : '';
};
