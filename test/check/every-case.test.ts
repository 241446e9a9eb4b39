import test from 'ava';
import { judgeSite } from '../../src/check/site-part.js';
import { judgeVip } from '../../src/check/vip.js';
import { judgeWrites } from '../../src/check/writes.js';
import type { WriteEvent } from '../../src/model/history.js';
import { between, history, holders, readBack, refused, site, vip, without, write } from './histories.js';

/** Every way to choose `length` times out of some. */
const choices = <T>(of: readonly T[], length: number): T[][] =>
  length === 0 ? [[]] : choices(of, length - 1).flatMap((chosen) => of.map((each) => [...chosen, each]));

const results: readonly WriteEvent['result'][] = ['acknowledged', 'failed', 'unknown'];

test('whatever becomes of three writes: lost is what was acknowledged and is not there', (t) => {
  for (const written of choices(results, 3)) {
    const writes = written.map((result, index) => write(index, `w${index}`, result));
    for (const presence of choices([true, false], 3)) {
      const there = writes.filter((_, index) => presence[index]).map(({ id }) => id);
      const isGood = writes.every(
        ({ id, result }) => result === 'unknown' || (result === 'acknowledged') === there.includes(id),
      );
      const judgement = judgeWrites(history(undefined, ...writes, readBack(...there)), 'kept');
      t.is(judgement?.outcome, isGood ? 'pass' : 'fail', `${written} ${presence}`);
    }
  }
});

test('wherever an outage lies and however long it is, it is measured within two probes of the truth', (t) => {
  for (let fromMs = 1003; fromMs < 1040; fromMs += 7) {
    for (let lastsMs = 40; lastsMs < 900; lastsMs += 43) {
      const { measures } = judgeSite(history(between(fromMs, fromMs + lastsMs, refused)), 'site', site());
      const seenMs = measures?.find(({ name }) => name === 'outage')?.value ?? 0;
      t.true(Math.abs(seenMs - lastsMs) <= 20, `${fromMs} + ${lastsMs}: ${seenMs}`);
    }
  }
});

test('whichever bound an outage is held to, it passes exactly when it is no longer', (t) => {
  const away = history(between(1000, 1300, refused));
  for (let boundMs = 0; boundMs < 700; boundMs += 10) {
    const { outcome } = judgeSite(away, 'site', site({ outageAtMostMs: boundMs }));
    t.is(outcome, boundMs >= 310 ? 'pass' : 'fail', `${boundMs}`);
  }
});

test('whoever holds the VIP one after the other: never is neither away nor back, away is not back, and either is both', (t) => {
  const states = [[], ['lb1'], ['lb2'], ['lb1', 'lb2']];
  for (const path of choices(states, 4)) {
    const of = [...without(history(), 'vip'), ...path.map((held, index) => vip(index * 50, ...held))];
    const passes = (moves: 'never' | 'away' | 'back' | 'either') =>
      judgeVip(of, holders({ moves }))?.outcome === 'pass';
    const passed = (['never', 'away', 'back'] as const).filter(passes);
    t.true(passed.length <= 1, `${path.join(' ')}: ${passed}`);
    if (passed.includes('away') || passed.includes('back')) t.true(passes('either'), path.join(' '));
    if (passed.includes('never')) t.false(passes('either'), path.join(' '));
    const { outcome } = judgeVip(of, holders({ heldByOne: true })) ?? {};
    if (path.at(-1)?.length !== 1) t.is(outcome, 'fail');
  }
});
