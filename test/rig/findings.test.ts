import test, { type ExecutionContext } from 'ava';
import type { Finding } from '../../src/model/verdict.js';
import { cameOut, fails } from './findings.js';

const finding = (outcome: Finding['outcome'], detail: string): Finding => ({
  kind: 'scenario',
  id: 'power-cut',
  title: 'The power is cut',
  outcome,
  detail,
});

/** Whether a test would pass that does this. */
const passed = async (t: ExecutionContext, body: (inner: ExecutionContext) => unknown): Promise<boolean> => {
  const tried = await t.try((inner) => void body(inner));
  tried.discard({ retainLogs: false });
  return tried.passed;
};

test('only the evidence of a busy computer lets an unknown stand', async (t) => {
  const busy = finding(
    'unknown',
    'this computer was busy: lb2 could not run for 5 ms; outage 310 ms of at most 300 ms',
  );
  const silent = finding('unknown', 'nobody answered');
  for (const wanted of ['pass', 'fail'] as const) {
    t.true(await passed(t, (inner) => cameOut(inner, busy, wanted)));
    t.false(await passed(t, (inner) => cameOut(inner, silent, wanted)));
  }
});

test('a correct lab that fails and a broken one that passes are never excused', async (t) => {
  const detail = 'this computer was busy: lb2 could not run for 5 ms';
  t.false(await passed(t, (inner) => cameOut(inner, finding('fail', detail), 'pass')));
  t.false(await passed(t, (inner) => cameOut(inner, finding('pass', detail), 'fail')));
});

test('what fails for another reason than the one that was made is no proof', async (t) => {
  const lost = finding('fail', '3 writes lost');
  t.true(await passed(t, (inner) => fails(inner, lost, /3 writes lost/)));
  t.false(await passed(t, (inner) => fails(inner, lost, /outage/)));
});
