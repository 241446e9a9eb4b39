import type { History, ProbeEvent } from '../../src/model/history.js';
import type { ScheduledScenario } from '../../src/model/scenario.js';

const scenario: ScheduledScenario = {
  id: 'test',
  title: 'test',
  why: 'test',
  beforeMs: 0,
  faults: [],
  afterMs: 0,
  repeat: 1,
  expect: { writes: 'any' },
};

/** The history of a run in which nothing but probing happened. */
export const runOf = (
  probes: readonly ProbeEvent[],
  endMs: number,
  { ratePerSecond = 100, limitMs = 500 } = {},
): History => [
  { type: 'run-started', atMs: 0, scenario, repetition: 1, attempt: 1, wallClock: '', ratePerSecond, limitMs },
  ...probes,
  { type: 'run-ended', atMs: endMs },
];
