import type { VerificationRecord } from '../model/history.js';
import type { Finding, Verdict } from '../model/verdict.js';
import { toneOfRouters } from './charts/spans.js';
import { environmentPart, reproducePart } from './html/about.js';
import { banner, whenWords } from './html/banner.js';
import { checksRows, checksTable } from './html/checks.js';
import { labPart } from './html/lab.js';
import { html, type Markup, type Piece, trusted } from './html/markup.js';
import { section } from './html/parts.js';
import { folded, scenarioPart } from './html/scenario.js';
import { style } from './html/style.js';
import { scenarioTable } from './html/summary.js';
import { weakPoints } from './html/weak-points.js';
import { type RunFacts, runFactsOf } from './run-facts.js';
import { runsByScenario, startOf } from './runs.js';

export interface PageParts {
  /** The lab as a picture; left out when there is none. */
  readonly topologySvg?: string | undefined;
}

/** report.html: one file that needs nothing else, for screens light and dark, phones, and paper. */
export const htmlReport = (verdict: Verdict, record: VerificationRecord, { topologySvg }: PageParts = {}): string => {
  const run = runFactsOf(record);
  const of = (kind: Finding['kind']) => verdict.findings.filter((finding) => finding.kind === kind);
  const told = tellerOf(record);
  return page(
    run,
    html`<main>
${banner(verdict, run)}
${troubles(verdict.findings, told)}
${scenarioTable(of('scenario'))}
${weakPoints(of('scenario'))}
${scenarioParts(of('scenario'), told)}
${checksTable(of('check'))}
${labPart(record, topologySvg)}
${environmentPart(run)}
${reproducePart(run)}
</main>`,
  ).text;
};

/** Nothing is ever loaded or run: not even what somebody might smuggle into a lab's title could. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

const logo = trusted(
  '<svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#3b4fd8"/><g stroke="#fff" stroke-width="2" stroke-linecap="round"><path d="M9 9l7 7M9 23l7-7M16 16h8"/></g><g fill="#fff"><circle cx="8.5" cy="8.5" r="3.2"/><circle cx="8.5" cy="23.5" r="3.2"/><circle cx="16" cy="16" r="3.2"/><circle cx="24.5" cy="16" r="3.2"/></g></svg>',
);

const page = (run: RunFacts, main: Markup): Markup => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Quintet ${run.environment?.quintet}">
<title>${run.title} · verification of ${whenWords(run.startedAt)} · Quintet</title>
<link rel="icon" href="data:,">
<style>${trusted(style)}</style>
</head>
<body>
<header class="top">
<p class="brand">${logo} Quintet <span>verification report</span></p>
<h1>${run.title}</h1>
</header>
${main}
<footer><p>Made by Quintet ${run.environment?.quintet} from <code>history.jsonl</code>. Nothing on this page is loaded from elsewhere.</p></footer>
</body>
</html>
`;

type Teller = (finding: Finding) => Markup;

/** Tells a scenario with what is in the record of it. */
const tellerOf = (record: VerificationRecord): Teller => {
  const runs = runsByScenario(record);
  const toneOf = toneOfRouters((startOf(record)?.plan.vrrp.routers ?? []).map(({ machine }) => machine));
  return (finding) => scenarioPart(finding, runs.get(finding.id) ?? [], toneOf);
};

const isTrouble = ({ outcome }: Finding): boolean => outcome === 'fail' || outcome === 'unknown';

/** What did not hold comes first and is told whole. */
const troubles = (findings: readonly Finding[], told: Teller): Piece => {
  const wrong = findings.filter(isTrouble);
  if (wrong.length === 0) return undefined;
  const scenarios = wrong.filter(({ kind }) => kind === 'scenario');
  const checks = wrong.filter(({ kind }) => kind === 'check');
  return section('troubles', 'What did not hold', checksRows(checks), scenarios.map(told));
};

/** The others are folded: whoever wants to see one opens it. */
const scenarioParts = (findings: readonly Finding[], told: Teller): Piece => {
  if (findings.length === 0) return undefined;
  const others = findings.filter((finding) => !isTrouble(finding));
  return section(
    'scenarios',
    'Scenario by scenario',
    howToRead,
    others.map((finding) => folded(finding, told(finding))),
  );
};

const howToRead = html`<div class="lead"><p>Each picture shows every request at the moment when it was due, as high as its answer took. Good answers that fall on the same spot are drawn once; all others are all drawn. Below, on the same axis, stand the faults, who held the virtual IP, what keepalived said of itself, and the writes: a dot was acknowledged, a cross failed, and of a ring nobody knows. What the machines’ own journals said meanwhile lies in <code>journals/</code>, beside the history.</p>
<p>A failover has four parts: <b>detection</b>, until somebody noticed; <b>election</b>, until another load balancer held the VIP; <b>ARP</b>, until the network had heard of it; <b>first answer</b>, until a request was answered well again. Where there are several runs these are medians, which need not add up to the median outage.</p></div>`;
