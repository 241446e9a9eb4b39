import test from 'ava';
import { advertMsOf, masterDownMs, skewMs, vrrp } from '../../src/plan/timers.js';
import { labSchema } from '../../src/roles/lab-schema.js';

/** RFC 9568 section 6.1: Skew_Time = (256 − priority) × advert / 256, Master_Down_Interval = 3 × advert + Skew_Time. */
const table: readonly (readonly [priority: number, advertMs: number, skew: number, masterDown: number])[] = [
  [100, 1000, 609.375, 3609.375],
  [150, 1000, 414.0625, 3414.0625],
  [254, 1000, 7.8125, 3007.8125],
  [253, 1000, 11.71875, 3011.71875],
  [100, 100, 60.9375, 360.9375],
  [253, 300, 3.515625, 903.515625],
  [253, 100, 1.171875, 301.171875],
  [1, 10, 9.9609375, 39.9609375],
  [255, 40_950, 159.9609375, 123_009.9609375],
];

for (const [priority, advertMs, skew, masterDown] of table) {
  test(`priority ${priority} with an advert every ${advertMs} ms has skew ${skew} ms and master down ${masterDown} ms`, (t) => {
    t.is(skewMs(priority, advertMs), skew);
    t.is(masterDownMs(priority, advertMs), masterDown);
  });
}

const settings = (vrrpOf: object) => labSchema.parse({ vrrp: vrrpOf });

for (const [timing, advertMs] of Object.entries(advertMsOf)) {
  test(`the timing ${timing} sends an advert every ${advertMs} ms`, (t) => {
    t.is(vrrp(settings({ timing }), ['lb1', 'lb2']).advertMs, advertMs);
  });
}

test('an interval of the user’s own goes before a named timing', (t) => {
  t.is(vrrp(settings({ timing: 'classic', advertMs: 50 }), ['lb1', 'lb2']).advertMs, 50);
});

test('priorities fall in the order of the lab file, below that of an address owner', (t) => {
  const { routers } = vrrp(settings({}), ['lb1', 'lb2', 'lb3']);
  t.deepEqual(
    routers.map(({ machine, priority }) => [machine, priority]),
    [
      ['lb1', 254],
      ['lb2', 253],
      ['lb3', 252],
    ],
  );
});

test('the bound of the lab is that of its slowest backup', (t) => {
  const plan = vrrp(settings({ timing: 'classic' }), ['lb1', 'lb2', 'lb3']);
  t.is(plan.masterDownMs, masterDownMs(252, 1000));
  t.is(plan.skewMs, skewMs(252, 1000));
});

test('HAProxy is asked as often with every named timing, and less often by machines whose adverts are slower', (t) => {
  for (const timing of ['classic', 'balanced', 'fast'])
    t.like(vrrp(settings({ timing }), ['lb1', 'lb2']).haproxyCheck, { intervalMs: 300, timeoutMs: 250, downMs: 1150 });
  t.like(vrrp(settings({ advertMs: 4000 }), ['lb1', 'lb2']).haproxyCheck, {
    intervalMs: 1000,
    timeoutMs: 1000,
    downMs: 4000,
  });
});
