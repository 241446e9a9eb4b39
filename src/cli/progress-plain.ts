import { InterruptedError, reasonOf } from '../model/errors.js';
import type { WorkEvent } from '../model/events.js';
import type { Finding } from '../model/verdict.js';
import { plainWords } from './progress-view.js';
import { duration, findingWords, scenarioWords, tallyWords } from './progress-words.js';

/** An event as a line for a log or a pipe; undefined for what only matters when `verbose`. */
export const plainLine = (event: WorkEvent, verbose: boolean): string | undefined => {
  switch (event.type) {
    case 'note':
      return plainWords(event.text);
    case 'finding':
      return isQuiet(event.finding) && !verbose ? undefined : findingLine(event);
    case 'output':
      return verbose ? about(event, plainWords(event.line)) : undefined;
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
  }
};

const about = (event: { readonly machine?: string }, words: string): string =>
  event.machine === undefined ? words : `${event.machine}: ${words}`;

const failure = (error: Error, machine = ''): string =>
  error instanceof InterruptedError ? 'interrupted' : `failed: ${plainWords(reasonOf(error, machine))}`;

/** A check that passed is one of many; what a scenario measured is what people wait for. */
const isQuiet = ({ kind, outcome }: Finding): boolean => kind === 'check' && outcome === 'pass';

const findingLine = ({ finding }: Extract<WorkEvent, { type: 'finding' }>): string =>
  `${finding.outcome}: ${finding.title}: ${plainWords(findingWords(finding))}`;
