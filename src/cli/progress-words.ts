import type { LabEvent, PlaceInAll } from '../model/events.js';
import { own } from '../model/own.js';
import type { Finding } from '../model/verdict.js';
import { figure, outageOf } from '../report/figures.js';

/** The words for each step of a machine's life: under way, and done. Other steps are shown as they are called. */
const stepWords: Readonly<Record<string, readonly [doing: string, done: string]>> = {
  create: ['creating', 'created'],
  start: ['starting', 'started'],
  provision: ['provisioning', 'provisioned'],
  join: ['joining', 'joined'],
  save: ['saving', 'saved'],
  restore: ['restoring', 'restored'],
  stop: ['stopping', 'stopped'],
  destroy: ['destroying', 'destroyed'],
  look: ['looking', 'looked at'],
};

export const doing = (step: string): string => own(stepWords, step)?.[0] ?? step;
export const done = (step: string): string => own(stepWords, step)?.[1] ?? step;

/** What one finding says, with the figure that counts: `outage 40 ms of at most 250 ms; 0 of 960 requests failed; …`. */
export const findingWords = (finding: Finding): string => {
  const { kind, outcome, detail } = finding;
  const outage = kind === 'scenario' && outcome === 'pass' ? outageOf(finding) : undefined;
  if (outage === undefined) return detail;
  const { value, unit, atMost } = outage;
  const bound = atMost === undefined ? '' : ` of at most ${figure(atMost, unit)}`;
  return `outage ${figure(value, unit)}${bound}; ${detail}`;
};

/** A scenario that begins: `3 of 25, about 2 min left: The holder loses power`. */
export const scenarioWords = ({ title, place }: { readonly title: string; readonly place?: PlaceInAll }): string =>
  place === undefined || place.count === 1
    ? title
    : `${place.number} of ${place.count}, about ${roughly(place.leftMs)} left: ${title}`;

/** How far a scenario's repetitions are: `23 of 59 held, 1 could not be told, about 4 min left: The holder loses power`. */
export const tallyWords = (of: Extract<LabEvent, { type: 'run-judged' }>): string =>
  [
    `${of.held} of ${of.wanted} held`,
    ...(of.failed === 0 ? [] : [`${of.failed} failed`]),
    ...(of.unknown === 0 ? [] : [`${of.unknown} could not be told`]),
    `about ${roughly(of.leftMs)} left: ${of.title}`,
  ].join(', ');

/** To ten seconds, and above two minutes to whole ones: nobody knows better. */
const roughly = (ms: number): string =>
  ms > 115_000 ? `${Math.round(ms / 60_000)} min` : `${Math.max(10, Math.round(ms / 10_000) * 10)} s`;

/** A duration as a person who waits wants it: `0.3 s`, `12 s`, `2 min 5 s`. */
export const duration = (ms: number): string => {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
};

/** How long something has been going on: whole seconds, so that the line does not flicker. */
export const elapsed = (ms: number): string => (ms < 9950 ? `${Math.floor(Math.max(0, ms) / 1000)} s` : duration(ms));
