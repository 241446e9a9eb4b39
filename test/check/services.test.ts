import test from 'ava';
import { judgeServices } from '../../src/check/services.js';

const missing = ['keepalived.service on lb2 is inactive'];
const silent = ["db can't be asked: it is off"];

test('a lab whose services all run passes', (t) => {
  t.is(judgeServices({ missing: [], silent: [] }).outcome, 'pass');
});

test('a service that is missing fails, by its name', (t) => {
  const { outcome, detail } = judgeServices({ missing, silent });
  t.is(outcome, 'fail');
  t.regex(detail, /keepalived\.service on lb2/);
});

test('a machine that does not answer is unknown: that is not the fault of whoever configured it', (t) => {
  const { outcome, detail } = judgeServices({ missing: [], silent });
  t.is(outcome, 'unknown');
  t.regex(detail, /db can't be asked/);
});
