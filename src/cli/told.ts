import type { LabEvent } from '../model/events.js';
import { faultWords } from '../model/fault-words.js';
import type { FaultEvent } from '../model/history.js';
import type { Finding } from '../model/verdict.js';

const vipWords = (holders: readonly string[]): string =>
  holders.length === 0 ? 'nobody holds the VIP' : `the VIP is held by ${holders.join(' and ')}`;

/** What is worth a line to whoever watches, as it happens: what machines say, and of a run what changes everything. */
export const told = (event: LabEvent): string | undefined => {
  if (event.type === 'output') return event.line;
  if (!('atMs' in event)) return undefined;
  switch (event.type) {
    case 'fault':
      return `${event.fault} on ${event.machine}${event.answer === undefined ? '' : `: ${event.answer}`}${event.why === undefined ? '' : ` (${event.why})`}`;
    case 'heal':
      return `${event.fault} on ${event.machine}: undone`;
    case 'vip':
      return vipWords(event.holders);
    case 'database':
      return event.state === 'unprotected' ? `${event.machine} takes writes that it alone has` : undefined;
    case 'well':
      return 'all is well again';
    default:
      return undefined;
  }
};

/** What stays to be read: notes, and faults that were made and undone outside of any run. A run's own stand in its report. */
export const said = (event: LabEvent): string | undefined => {
  if ('atMs' in event) return undefined;
  switch (event.type) {
    case 'note':
      return event.text;
    case 'fault':
      return [`Done: ${faultWords(event)} on ${event.machine}.`, answerWords(event)].join(' ').trimEnd();
    case 'heal':
      return `Undone: ${faultWords(event)} on ${event.machine}.`;
    default:
      return undefined;
  }
};

const answerWords = ({ answer, service }: Pick<FaultEvent, 'answer' | 'service'>): string => {
  if (answer === undefined) return '';
  return answer === 'refused'
    ? `${service} refused the broken file and goes on as before.`
    : `${service} took the broken file.`;
};

/** What counts: each finding of a check, and of a scenario what all its runs come to. */
export const counted = (event: LabEvent): Finding | undefined => {
  const counts = event.type === 'scenario-ended' || (event.type === 'found' && event.finding.kind === 'check');
  return counts ? event.finding : undefined;
};
