import { InterruptedError, reasonOf } from '../model/errors.js';
import type { LabEvent } from '../model/events.js';
import type { Finding } from '../model/verdict.js';
import { plainWords } from './progress-view.js';
import { duration, findingWords, scenarioWords, tallyWords } from './progress-words.js';
import { counted, said, told } from './told.js';

/** An event as a line for a log or a pipe; undefined for what only matters when `verbose`. */
export const plainLine = (event: LabEvent, verbose: boolean): string | undefined => {
  const finding = counted(event);
  if (finding !== undefined) return isQuiet(finding) && !verbose ? undefined : findingLine(finding);
  switch (event.type) {
    case 'scenario-started':
      return `${scenarioWords(event)} …`;
    case 'run-judged':
      return tallyWords(event);
    case 'step-started':
      return about(event, `${event.step} …`);
    case 'step-done':
      return about(event, `${event.step} … done in ${duration(event.tookMs)}`);
    case 'step-failed':
      return about(event, `${event.step} … ${failure(event.error, event.machine)}`);
    default:
      return wordsOf(event, verbose);
  }
};

const wordsOf = (event: LabEvent, verbose: boolean): string | undefined => {
  const line = said(event) ?? (verbose ? told(event) : undefined);
  if (line === undefined) return undefined;
  return event.type === 'output' ? about(event, plainWords(line)) : plainWords(line);
};

const about = (event: { readonly machine?: string }, words: string): string =>
  event.machine === undefined ? words : `${event.machine}: ${words}`;

const failure = (error: Error, machine = ''): string =>
  error instanceof InterruptedError ? 'interrupted' : `failed: ${plainWords(reasonOf(error, machine))}`;

/** A check that passed is one of many; what a scenario measured is what people wait for. */
const isQuiet = ({ kind, outcome }: Finding): boolean => kind === 'check' && outcome === 'pass';

const findingLine = (finding: Finding): string =>
  `${finding.outcome}: ${finding.title}: ${plainWords(findingWords(finding))}`;
