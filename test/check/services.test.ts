import test from 'ava';
import { judgeServices } from '../../src/check/services.js';

test('a lab whose services all run passes', (t) => {
  t.is(judgeServices({ complaints: [] }).outcome, 'pass');
});

test('a service that is missing fails, by its name', (t) => {
  const { outcome, detail } = judgeServices({ complaints: ['keepalived.service on lb2 is inactive'] });
  t.is(outcome, 'fail');
  t.regex(detail, /keepalived\.service on lb2/);
});
