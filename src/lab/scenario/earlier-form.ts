import type { Path, Remark } from '../../model/problem.js';

type Data = Readonly<Record<string, unknown>>;

const sectionOf = (data: unknown): Data =>
  typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as Data) : {};

const text = (value: unknown, otherwise: string): string =>
  typeof value === 'string' && /^[\w .+*/()-]{1,80}$/.test(value) ? value : otherwise;

/** The keys that only the earlier form has at the top, in the order in which they were written there. */
const earlierKeys = ['target', 'fault', 'process', 'schedule'] as const;

/**
 * What to say of a scenario in the form that had one fault, at the top of the file: how it is written now. Undefined for
 * anything else.
 */
export const earlierForm = (data: unknown): readonly Remark[] | undefined => {
  const scenario = sectionOf(data);
  const first = earlierKeys.find((key) => Object.hasOwn(scenario, key));
  if (first === undefined || Object.hasOwn(scenario, 'faults')) return undefined;
  return [fault(scenario, first), ...expectation(sectionOf(scenario.expect))];
};

const fault = (scenario: Data, first: string): Remark => {
  const schedule = sectionOf(scenario.schedule);
  const service = scenario.process === undefined ? '' : `, service: ${text(scenario.process, 'haproxy')}`;
  const target = text(scenario.target, 'vip-holder');
  const lasts = text(schedule.fault, 'masterDown + 1 s');
  const around = (['before', 'after'] as const).flatMap((key) =>
    schedule[key] === undefined ? [] : [`${key}: ${text(schedule[key], '1 s')}`],
  );
  const list = `faults: [{fault: ${text(scenario.fault, 'power-cut')}, target: ${target}${service}, for: ${lasts}}]`;
  return {
    path: [first],
    at: 'key',
    message: 'this is how scenarios were written when they had one fault; now there is a list of faults',
    hint: `instead of ${earlierKeys.filter((key) => Object.hasOwn(scenario, key)).join(', ')} write ${[list, ...around].join(' and ')}.`,
  };
};

const expectation = (expect: Data): readonly Remark[] => {
  const moved: readonly { key: string; path: Path; now: string }[] = [
    {
      key: 'outageAtMost',
      path: ['expect', 'outageAtMost'],
      now: `site: {outageAtMost: ${text(expect.outageAtMost, 'masterDown + 150 ms')}}`,
    },
    { key: 'vipHeldBy', path: ['expect', 'vipHeldBy'], now: 'vip: {heldBy: one}' },
  ];
  return moved
    .filter(({ key }) => Object.hasOwn(expect, key))
    .map(({ key, path, now }) => ({ path, at: 'key', message: `${key} has moved`, hint: `write ${now}.` }));
};
