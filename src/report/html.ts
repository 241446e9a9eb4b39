import type { VerificationRecord } from '../model/history.js';
import type { Finding, Verdict } from '../model/verdict.js';
import { toneOfRouters } from './charts/spans.js';
import { environmentPart, reproducePart } from './html/about.js';
import { banner, whenWords } from './html/banner.js';
import { checksRows, checksTable } from './html/checks.js';
import { contents } from './html/contents.js';
import { labPart } from './html/lab.js';
import { html, type Markup } from './html/markup.js';
import { page } from './html/page.js';
import { paperFacts } from './html/paper.js';
import { type Part, section } from './html/parts.js';
import { folded, scenarioPart } from './html/scenario.js';
import { scenarioTable } from './html/summary.js';
import { weakPoints } from './html/weak-points.js';
import { runFactsOf } from './run-facts.js';
import { runsByScenario, startOf } from './runs.js';

export interface PageParts {
  /** The lab as a picture; left out when there is none. */
  readonly topologySvg?: string | undefined;
}

/** report.html. */
export const htmlReport = (verdict: Verdict, record: VerificationRecord, { topologySvg }: PageParts = {}): string => {
  const run = runFactsOf(record);
  const told = tellerOf(record);
  const checks = verdict.findings.filter(({ kind }) => kind === 'check');
  const scenarios = verdict.findings.filter(({ kind }) => kind === 'scenario');
  const parts = [
    troubles(verdict.findings, told),
    scenarioTable(scenarios),
    weakPoints(scenarios),
    scenarioParts(scenarios, told),
    checksTable(checks),
    labPart(record, topologySvg),
    environmentPart(run),
    reproducePart(run),
  ].filter((part) => part !== undefined);
  return page({
    title: `${run.title} · verification of ${whenWords(run.startedAt)}`,
    kind: 'verification report',
    heading: run.title,
    quintet: run.environment?.quintet,
    main: [banner(verdict, run), contents(parts), parts.map(section), paperFacts(record)],
    source: html`<code>history.jsonl</code>`,
  }).text;
};

type Teller = (finding: Finding) => Markup;

/** Tells a scenario with what is in the record of it. */
const tellerOf = (record: VerificationRecord): Teller => {
  const runs = runsByScenario(record);
  const toneOf = toneOfRouters((startOf(record)?.plan.vrrp.routers ?? []).map(({ machine }) => machine));
  return (finding) => scenarioPart(finding, runs.get(finding.id) ?? [], toneOf);
};

const isTrouble = ({ outcome }: Finding): boolean => outcome === 'fail' || outcome === 'unknown';

/** What did not hold comes first and is told whole. */
const troubles = (findings: readonly Finding[], told: Teller): Part | undefined => {
  const wrong = findings.filter(isTrouble);
  if (wrong.length === 0) return undefined;
  const scenarios = wrong.filter(({ kind }) => kind === 'scenario');
  const checks = wrong.filter(({ kind }) => kind === 'check');
  return {
    id: 'troubles',
    title: 'What did not hold',
    entries: [...checks, ...scenarios],
    content: [checksRows(checks), scenarios.length === 0 ? undefined : [howToRead, scenarios.map(told)]],
  };
};

/** The others are folded: whoever wants to see one opens it. */
const scenarioParts = (findings: readonly Finding[], told: Teller): Part | undefined => {
  const entries = findings.filter((finding) => !isTrouble(finding));
  if (entries.length === 0) return undefined;
  const stories = entries.map((finding) => folded(finding, told(finding)));
  const isFirst = !findings.some(isTrouble);
  return {
    id: 'scenarios',
    title: 'Scenario by scenario',
    entries,
    content: [isFirst ? howToRead : undefined, stories],
  };
};

const howToRead = html`<div class="lead"><p>Each picture shows every request at the moment when it was due, as high as its answer took. Good answers that fall on the same spot are drawn once; all others are all drawn. Below, on the same axis, stand the faults, who held the virtual IP, what keepalived said of itself, and the writes: a dot was acknowledged, a cross failed, and of a ring nobody knows. What the machines’ own journals said meanwhile lies in <code>journals/</code>, beside the history.</p>
<p>A failover has four parts: <b>detection</b>, until somebody noticed; <b>election</b>, until another load balancer held the VIP; <b>ARP</b>, until the network had heard of it; <b>first answer</b>, until a request was answered well again. Where there are several runs these are medians, which need not add up to the median outage.</p></div>`;
