import { stripVTControlCharacters } from 'node:util';
import { InterruptedError, reasonOf } from '../model/errors.js';
import type { StampedEvent, StepEvent } from '../model/events.js';
import type { Finding, Outcome } from '../model/verdict.js';
import { scenarioWords, tallyWords } from './progress-words.js';
import { counted, told } from './told.js';

/** What is known of one machine, or of one step of the whole lab. */
export interface Row {
  readonly name: string;
  readonly status: 'waiting' | 'running' | 'done' | 'failed' | 'interrupted' | 'unchanged';
  /** The step under way, or the last one. */
  readonly step: string;
  readonly sinceMs: number;
  /** What all its steps so far took. */
  readonly tookMs: number;
  /** Its last line, or why it failed. */
  readonly words: string;
}

/** All that progress shows, folded from the events so far. */
export interface ProgressView {
  readonly machines: ReadonlyMap<string, Row>;
  /** Steps of the whole lab that are under way. */
  readonly shared: ReadonlyMap<string, Row>;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Whether any step failed or was interrupted. */
  readonly failed: boolean;
}

export const emptyView = (machines: readonly string[] = []): ProgressView => ({
  machines: new Map(machines.map((name) => [name, waiting(name)])),
  shared: new Map(),
  outcomes: { pass: 0, fail: 0, unknown: 0, skipped: 0 },
  failed: false,
});

const waiting = (name: string): Row => ({ name, status: 'waiting', step: '', sinceMs: 0, tookMs: 0, words: '' });

/** The view after one more event. */
export const foldProgress = (view: ProgressView, event: StampedEvent): ProgressView => {
  const finding = counted(event);
  if (finding !== undefined) return withFinding(view, finding);
  const nowMs = event.monotonicMs;
  switch (event.type) {
    case 'scenario-started': {
      const row: Row = { ...waiting(scenarioWords(event)), status: 'running', sinceMs: nowMs };
      return { ...view, shared: new Map(view.shared).set(event.id, row) };
    }
    case 'run-judged': {
      const row = view.shared.get(event.id) ?? { ...waiting(event.id), status: 'running', sinceMs: nowMs };
      return { ...view, shared: new Map(view.shared).set(event.id, { ...row, name: tallyWords(event) }) };
    }
    case 'step-failed':
      return foldStep({ ...view, failed: true }, event, nowMs);
    case 'step-started':
    case 'step-done':
    case 'output':
      return foldStep(view, event, nowMs);
    default: {
      const line = told(event);
      return line === undefined ? view : foldStep(view, { type: 'output', line }, nowMs);
    }
  }
};

const withFinding = (view: ProgressView, { outcome, kind, id }: Finding): ProgressView => {
  const shared = new Map(view.shared);
  if (kind === 'scenario') shared.delete(id);
  return { ...view, shared, outcomes: { ...view.outcomes, [outcome]: view.outcomes[outcome] + 1 } };
};

const foldStep = (view: ProgressView, event: StepEvent, nowMs: number): ProgressView => {
  if (event.machine === undefined) return { ...view, shared: foldShared(view.shared, event, nowMs) };
  const row = foldRow(view.machines.get(event.machine) ?? waiting(event.machine), event, nowMs);
  return { ...view, machines: new Map(view.machines).set(event.machine, row) };
};

/** The view when no more events come: what is under way then was broken off, and who still waits had nothing to do. */
export const closeProgress = (view: ProgressView, nowMs: number): ProgressView => {
  const failed = view.failed || view.shared.size > 0;
  const close = (row: Row): Row => {
    if (row.status === 'running') return { ...row, status: 'interrupted', tookMs: nowMs - row.sinceMs, words: '' };
    return row.status === 'waiting' && !failed ? { ...row, status: 'unchanged' } : row;
  };
  const closed = (rows: ReadonlyMap<string, Row>) => new Map([...rows].map(([key, row]) => [key, close(row)]));
  return { ...view, failed, machines: closed(view.machines), shared: closed(view.shared) };
};

/** A step of the lab is shown while it runs; when it ends it is for the painter to keep a line of it. */
const foldShared = (rows: ProgressView['shared'], event: StepEvent, nowMs: number): ProgressView['shared'] => {
  const next = new Map(rows);
  if (event.type === 'output') {
    const last = [...rows.entries()].at(-1);
    if (last) next.set(last[0], foldRow(last[1], event, nowMs));
  } else if (event.type === 'step-started') {
    next.set(event.step, foldRow(waiting(event.step), event, nowMs));
  } else next.delete(event.step);
  return next;
};

const foldRow = (row: Row, event: StepEvent, nowMs: number): Row => {
  switch (event.type) {
    case 'step-started':
      return { ...row, status: 'running', step: event.step, sinceMs: nowMs, words: '' };
    case 'output':
      return row.status === 'running' ? { ...row, words: plainWords(event.line) || row.words } : row;
    case 'step-done':
      return { ...row, status: 'done', step: event.step, tookMs: row.tookMs + event.tookMs, words: '' };
    case 'step-failed':
      return {
        ...row,
        status: event.error instanceof InterruptedError ? 'interrupted' : 'failed',
        step: event.step,
        tookMs: row.tookMs + (row.status === 'running' ? nowMs - row.sinceMs : 0),
        words: event.error instanceof InterruptedError ? '' : plainWords(reasonOf(event.error, row.name)),
      };
  }
};

/** One line without what could move a terminal's cursor: of a line drawn over with carriage returns, its last state. */
export const plainWords = (line: string): string => {
  const drawn = stripVTControlCharacters(line)
    .split('\r')
    .filter((part) => part.trim() !== '');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go
  return (drawn.at(-1) ?? '').replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
};
