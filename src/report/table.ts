import Table from 'cli-table3';
import prettyMs from 'pretty-ms';
import type { Distribution, Finding, Measure, Verdict } from '../model/verdict.js';
import { partsOf } from './failover-parts.js';
import { certaintyWords, figure, marks, measureOf, outageOf, outcomeWords, summary } from './figures.js';
import type { RunFacts } from './run-facts.js';
import { type WeakPoint, weakPointsOf } from './weak-points.js';

type Tint = (text: string) => string;

/** How the report colours words; each may be the identity. */
export interface Paint {
  readonly bold: Tint;
  readonly dim: Tint;
  readonly pass: Tint;
  readonly fail: Tint;
  readonly unknown: Tint;
  readonly skipped: Tint;
}

export const noPaint: Paint = {
  bold: (text) => text,
  dim: (text) => text,
  pass: (text) => text,
  fail: (text) => text,
  unknown: (text) => text,
  skipped: (text) => text,
};

export interface TableOptions {
  /** Columns of the terminal; the report is never wider, nor wider than is good to read. */
  readonly width: number;
  readonly paint: Paint;
}

const widest = 110;

/** How wide a report is in a terminal of so many columns. */
export const reportWidth = (columns: number): number => Math.max(40, Math.min(columns, widest)) - 2;

const markWidth = 3;
const figureWidth = 21;
const mostEvidence = 6;

/** Lines across, none downwards. */
const frame = {
  top: '─',
  'top-mid': '',
  'top-left': ' ',
  'top-right': '',
  bottom: '─',
  'bottom-mid': '',
  'bottom-left': ' ',
  'bottom-right': '',
  mid: '',
  'mid-mid': '',
  'left-mid': '',
  'right-mid': '',
  left: ' ',
  right: '',
  middle: '',
};

/** The report for people at a terminal: what was found, line by line, then the verdict. Ends with a line feed. */
export const tableReport = (verdict: Verdict, run: RunFacts, { width, paint }: TableOptions): string => {
  const columns = reportWidth(width);
  const of = (kind: Finding['kind']) => verdict.findings.filter((finding) => finding.kind === kind);
  const parts = [
    ` ${paint.bold(run.title)} ${paint.dim(`· ${run.lab} · ${run.provider}`)}`,
    ...section('Checks', '', of('check'), columns, paint),
    ...section('Scenarios', 'outage', of('scenario'), columns, paint),
    ...weakPoints(weakPointsOf(verdict.findings), columns, paint),
    conclusion(verdict, run, paint),
  ];
  return `${parts.join('\n').replaceAll(/ +$/gm, '')}\n`;
};

const section = (
  name: string,
  figureName: string,
  findings: readonly Finding[],
  columns: number,
  paint: Paint,
): string[] => {
  if (findings.length === 0) return [];
  const wordsWidth = columns - markWidth - (figureName === '' ? 0 : figureWidth);
  const rows = findings.map((finding) => row(finding, figureName, paint));
  const heading = figureName === '' ? '' : paint.dim(figureName.padStart(wordsWidth + figureWidth - name.length - 1));
  return ['', `${indent}${paint.bold(name)}${heading}`, linedUp(rows, wordsWidth)];
};

const indent = ' '.repeat(markWidth + 1);

const linedUp = (rows: readonly string[][], wordsWidth: number): string =>
  ruled(rows, rows[0]?.length === 2 ? [markWidth, wordsWidth] : [markWidth, wordsWidth, figureWidth]);

/** Rows between two lines, words to the left and figures to the right; what is too long for its column goes on below. */
export const ruled = (rows: readonly string[][], widths: readonly number[]): string => {
  const table = new Table({
    chars: frame,
    colWidths: [...widths],
    colAligns: ['left', 'left', ...widths.slice(2).map(() => 'right' as const)],
    wordWrap: true,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 1 },
  });
  table.push(...rows);
  return table.toString();
};

const row = (finding: Finding, figureName: string, paint: Paint): string[] => {
  const tint = paint[finding.outcome];
  const wrong = finding.outcome === 'fail' || finding.outcome === 'unknown';
  const evidence = (finding.evidence ?? []).filter((line) => wrong && !finding.detail.includes(line));
  const more = evidence.length - mostEvidence;
  const lines = [
    finding.title,
    ...finding.detail.split('\n').map((line) => (finding.outcome === 'pass' ? paint.dim(line) : tint(line))),
    ...(wrong ? failedLine(finding) : []),
    ...(finding.certainty === undefined ? [] : [certaintyWords(finding.certainty)]),
    ...(finding.distribution === undefined
      ? []
      : distributionLines(finding.distribution).map((line) => paint.dim(line))),
    ...evidence.slice(0, mostEvidence).map((line) => paint.dim(`· ${line}`)),
    ...(more > 0 ? [paint.dim(`· and ${more} more in report.json`)] : []),
  ];
  const cells = [tint(marks[finding.outcome]), lines.join('\n')];
  return figureName === ''
    ? cells
    : [
        ...cells,
        outageFigure(outageOf(finding))
          .map((line) => tint(line))
          .join('\n'),
      ];
};

const failedLine = (finding: Finding): string[] => {
  const [failed, sent] = [measureOf(finding, 'failed'), measureOf(finding, 'sent')];
  if (failed === undefined || sent === undefined) return [];
  return [`${figure(failed.value, failed.unit)} of ${figure(sent.value, sent.unit)} requests failed`];
};

/** `5 runs: min 847, median 913, p95 986, max 986 ms`, and what share of a failover each of its parts took. */
const distributionLines = ({ runs, minMs, medianMs, p95Ms, maxMs, phases }: Distribution): string[] => {
  const number = (value: number): string => figure(value, 'count');
  const quantiles = `min ${number(minMs)}, median ${number(medianMs)}, p95 ${number(p95Ms)}, max ${figure(maxMs, 'ms')}`;
  const parts = partsOf(phases).map(({ name, percent }) => `${name} ${Math.round(percent)}%`);
  return [`${runs} runs: ${quantiles}`, ...(parts.length === 0 ? [] : [parts.join(', ')])];
};

const barWidth = 12;

/** The outage beside its bound, and below it the part of the bound as a bar: `██████░░░░░░  50 %`. */
const outageFigure = (outage: Measure | undefined): string[] => {
  if (outage === undefined) return [];
  const { value, unit, atMost } = outage;
  if (atMost === undefined || atMost === 0) return [value === 0 ? 'none' : figure(value, unit)];
  const share = value / atMost;
  // Only what reaches its bound fills the bar, and only what is nothing leaves it empty.
  const full = share >= 1 ? barWidth : Math.min(barWidth - 1, Math.ceil(share * barWidth));
  const bar = `${'█'.repeat(full)}${'░'.repeat(barWidth - full)}`;
  return [`${figure(value, unit)} of ${figure(atMost, unit)}`, `${bar} ${shareWords(share).padStart(5)}`];
};

const weakPoints = (points: readonly WeakPoint[], columns: number, paint: Paint): string[] => {
  if (points.length === 0) return [];
  const rows = points.map(({ name, proofs, outage }) => [
    paint.unknown('!'),
    [paint.bold(name), ...proofs.map(({ title }) => paint.dim(title))].join('\n'),
    outage === undefined ? '' : figure(outage.value, outage.unit),
  ]);
  const heading = `${indent}${paint.bold('Single points of failure found')}`;
  return ['', heading, linedUp(rows, columns - markWidth - figureWidth)];
};

const conclusion = (verdict: Verdict, run: RunFacts, paint: Paint): string => {
  const tint = paint[verdict.outcome];
  const took = prettyMs(run.durationMs, { secondsDecimalDigits: 1 });
  return ` ${tint(paint.bold(`${marks[verdict.outcome]} ${outcomeWords[verdict.outcome]}`))}  ${summary(verdict.findings)} ${paint.dim(`in ${took}`)}`;
};

/** Beyond ten times the bound the figure itself says more. */
const shareWords = (share: number): string => (share > 9.99 ? '>999 %' : figure(share * 100, 'percent'));
