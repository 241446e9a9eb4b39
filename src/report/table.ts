import Table from 'cli-table3';
import prettyMs from 'pretty-ms';
import type { Finding, Outcome, Verdict } from '../model/verdict.js';
import { boundFigure, marks, summary } from './figures.js';
import type { RunFacts } from './json.js';

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
  const columns = Math.max(40, Math.min(width, widest)) - 2;
  const of = (kind: Finding['kind']) => verdict.findings.filter((finding) => finding.kind === kind);
  const parts = [
    ` ${paint.bold(run.title)} ${paint.dim(`· ${run.lab} · ${run.provider}`)}`,
    ...section('Checks', '', of('check'), columns, paint),
    ...section('Scenarios', 'outage', of('scenario'), columns, paint),
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
  const table = new Table({
    chars: frame,
    colWidths: figureName === '' ? [markWidth, wordsWidth] : [markWidth, wordsWidth, figureWidth],
    colAligns: ['left', 'left', 'right'],
    wordWrap: true,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 1 },
  });
  for (const finding of findings) table.push(row(finding, figureName, paint));
  const indent = ' '.repeat(markWidth + 1);
  const heading = figureName === '' ? '' : paint.dim(figureName.padStart(wordsWidth + figureWidth - name.length - 1));
  return ['', `${indent}${paint.bold(name)}${heading}`, table.toString()];
};

const row = (finding: Finding, figureName: string, paint: Paint): string[] => {
  const tint = paint[finding.outcome];
  const wrong = finding.outcome === 'fail' || finding.outcome === 'unknown';
  const evidence = (finding.evidence ?? []).filter((line) => wrong && !finding.detail.includes(line));
  const more = evidence.length - mostEvidence;
  const lines = [
    finding.title,
    ...finding.detail.split('\n').map((line) => (finding.outcome === 'pass' ? paint.dim(line) : tint(line))),
    ...evidence.slice(0, mostEvidence).map((line) => paint.dim(`· ${line}`)),
    ...(more > 0 ? [paint.dim(`· and ${more} more in report.json`)] : []),
  ];
  const cells = [tint(marks[finding.outcome]), lines.join('\n')];
  return figureName === '' ? cells : [...cells, tint(boundFigure(finding) ?? '')];
};

const words: Readonly<Record<Outcome, string>> = {
  pass: 'PASS',
  fail: 'FAIL',
  unknown: 'UNKNOWN',
  skipped: 'SKIPPED',
};

const conclusion = (verdict: Verdict, run: RunFacts, paint: Paint): string => {
  const tint = paint[verdict.outcome];
  const took = prettyMs(run.durationMs, { secondsDecimalDigits: 1 });
  return ` ${tint(paint.bold(`${marks[verdict.outcome]} ${words[verdict.outcome]}`))}  ${summary(verdict.findings)} ${paint.dim(`in ${took}`)}`;
};
