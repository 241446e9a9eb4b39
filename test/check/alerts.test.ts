import test from 'ava';
import { judgeAlerts } from '../../src/check/alerts.js';
import type { AlertEvent } from '../../src/model/history.js';
import { fault, heal, history, withFaults } from './histories.js';

const expected = { name: 'MachineDown', withinMs: 5000, resolvedWithinMs: 10_000 };
const told = (atMs: number, firing = true, machine = 'lb1', name = 'MachineDown'): AlertEvent => ({
  type: 'alert',
  atMs,
  name,
  machine,
  firing,
});
/** A power cut of lb1 from 1000 to 3000 ms, and what was told of it. */
const toldOf = (...alerts: AlertEvent[]) =>
  [...withFaults(history(), fault(1000, { machine: 'lb1' }), heal(3000, { machine: 'lb1' })), ...alerts].sort(
    (one, other) => one.atMs - other.atMs,
  );

test('an alert that comes in time, names the machine and is over in time passes', (t) => {
  const { outcome, measures } = judgeAlerts(toldOf(told(3200), told(9000, false)), expected) ?? {};
  t.is(outcome, 'pass');
  t.deepEqual(measures?.map(({ name, value }) => [name, value]).slice(0, 1), [['told after', 2200]]);
});

const wrong = {
  'that never comes': { alerts: [], says: /MachineDown never fired for lb1/ },
  'that comes too late': { alerts: [told(6100), told(7000, false)], says: /later than 5,000 ms/ },
  'that does not end': { alerts: [told(3200)], says: /still fired at the end/ },
  'that ends too late': { alerts: [told(3200), told(20_000, false)], says: /was over only/ },
  'of another name': { alerts: [told(3200, true, 'lb1', 'SiteDown')], says: /MachineDown never fired for lb1/ },
  'for another machine': {
    alerts: [told(3200), told(3300, true, 'web'), told(4000, false), told(4000, false, 'web')],
    says: /MachineDown for web fired, and nothing happened to it/,
  },
  'before anything is broken': {
    alerts: [told(500), told(3200), told(4000, false)],
    says: /fired though nothing was broken/,
  },
};

for (const [title, { alerts, says }] of Object.entries(wrong)) {
  test(`an alert ${title} fails`, (t) => {
    const { outcome, detail } = judgeAlerts(toldOf(...alerts), expected) ?? {};
    t.is(outcome, 'fail');
    t.regex(detail ?? '', says);
  });
}

test('what may have been told while nobody could listen is unknown; a false alarm that was heard is one', (t) => {
  const deaf = { type: 'note', atMs: 3100, text: 'it could not be heard', deafTo: 'alerts' } as const;
  const unheard = judgeAlerts([...toldOf(), deaf], expected);
  t.is(unheard?.outcome, 'unknown');
  t.regex(unheard?.detail ?? '', /never fired for lb1; but it could not be heard/);
  t.is(judgeAlerts([...toldOf(told(3200), told(9000, false)), deaf], expected)?.outcome, 'pass');
  t.is(judgeAlerts([...toldOf(told(500)), deaf], expected)?.outcome, 'fail');
});

test('where nobody watches nothing is judged; where nothing is expected a false alarm is one all the same', (t) => {
  t.is(judgeAlerts(history(), undefined), undefined);
  t.is(judgeAlerts(toldOf(told(500)), undefined)?.outcome, 'fail');
});
