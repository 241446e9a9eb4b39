import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { start } from '../../src/host/command.js';
import { type Lock as Held, lock, withLock } from '../../src/host/lock.js';
import { ComputerError, InterruptedError } from '../../src/model/errors.js';
import { moduleOf, nodeArgv } from '../rig/source.js';

const name = (title: string) => `test-${process.pid}-${title}`;

/** Another process that takes the lock, says so and keeps it. */
const holder = async (lockName: string) => {
  const module = moduleOf('src/host/lock.ts');
  const program = `
    const { lock } = await import(${JSON.stringify(module)});
    await lock(${JSON.stringify(lockName)});
    console.log(process.pid);
    setInterval(() => {}, 1000);`;
  const companion = start([...nodeArgv, '--input-type=module', '-e', program]);
  const first = await companion.lines[Symbol.asyncIterator]().next();
  if (first.done) throw new Error((await companion.done).stderr);
  return { companion, pid: Number(first.value) };
};

test('a second taker is told which process holds the lock', async (t) => {
  const { companion, pid } = await holder(name('second'));
  const error = await t.throwsAsync(lock(name('second'), { what: 'The lab in /home/ada' }), {
    instanceOf: ComputerError,
  });
  t.regex(error.message, new RegExp(`^The lab in /home/ada is in use by process ${pid} `));
  t.truthy(error.hint);
  await companion.stop();
});

test('a lock is free at once when its holder is killed with -9', async (t) => {
  const { companion, pid } = await holder(name('killed'));
  process.kill(pid, 'SIGKILL');
  await companion.done;
  await (await lock(name('killed'))).release();
  t.pass();
});

test('a waiter gets the lock when the holder is killed, and is told once whom it waited for', async (t) => {
  const { companion, pid } = await holder(name('wait'));
  const told: string[] = [];
  let waiting: Promise<Held> | undefined;
  await new Promise<void>((resolve) => {
    waiting = lock(name('wait'), { wait: true, onWait: (words) => resolve(void told.push(words)) });
  });
  process.kill(pid, 'SIGKILL');
  await (await waiting)?.release();
  await companion.done;
  t.is(told.length, 1);
  t.regex(told[0] ?? '', new RegExp(`process ${pid} `));
});

test('many who wait have it one after another, never two at a time', async (t) => {
  let inside = 0;
  let most = 0;
  const work = () =>
    withLock(name('queue'), { wait: true }, async () => {
      most = Math.max(most, ++inside);
      await delay(5);
      inside--;
    });
  await Promise.all(Array.from({ length: 8 }, work));
  t.is(most, 1);
});

test('waiting ends when it is interrupted', async (t) => {
  const taken = await lock(name('signal'));
  const stop = new AbortController();
  const waiting = lock(name('signal'), { wait: true, signal: stop.signal });
  setTimeout(() => stop.abort(), 50);
  await t.throwsAsync(waiting, { instanceOf: InterruptedError });
  await taken.release();
});

test('the lock is given back when the work fails', async (t) => {
  const failing = withLock(name('fails'), {}, async () => {
    throw new Error('no');
  });
  await t.throwsAsync(failing, { message: 'no' });
  await (await lock(name('fails'))).release();
});

test('holding a lock does not keep a process alive', async (t) => {
  const module = moduleOf('src/host/lock.ts');
  const companion = start([
    ...nodeArgv,
    '--input-type=module',
    '-e',
    `await (await import(${JSON.stringify(module)})).lock(${JSON.stringify(name('alive'))})`,
  ]);
  const result = await Promise.race([companion.done, delay(20_000, undefined, { ref: false })]);
  t.is(result?.exitCode, 0);
});
