import test from 'ava';
import { takePlace } from '../../src/host/files.js';

const failing = (code: string, times: number) => {
  const calls: string[] = [];
  const move = async (from: string, to: string) => {
    calls.push(`${from} ${to}`);
    if (calls.length <= times) throw Object.assign(new Error(code), { code });
  };
  return { calls, move };
};

test('on Windows a file that somebody looks at is replaced as soon as he lets go', async (t) => {
  const { calls, move } = failing('EPERM', 2);
  await takePlace('C:\\a b\\.x.tmp', 'C:\\a b\\x', 'win32', move);
  t.is(calls.length, 3);
  t.is(calls[2], 'C:\\a b\\.x.tmp C:\\a b\\x');
});

test('one that is held for good is an error, and so is any other failure at once', async (t) => {
  const held = failing('EBUSY', 1000);
  await t.throwsAsync(takePlace('a', 'b', 'win32', held.move), { message: 'EBUSY' });
  t.is(held.calls.length, 20);
  const full = failing('ENOSPC', 1000);
  await t.throwsAsync(takePlace('a', 'b', 'win32', full.move), { message: 'ENOSPC' });
  t.is(full.calls.length, 1);
});

test('elsewhere a refusal is meant', async (t) => {
  const { calls, move } = failing('EACCES', 1);
  await t.throwsAsync(takePlace('a', 'b', 'linux', move), { message: 'EACCES' });
  t.is(calls.length, 1);
});
