import test from 'ava';
import { type Builder, buildAhead } from '../../src/cli/build-ahead.js';
import { InterruptedError } from '../../src/model/errors.js';
import { temporaryFolder } from '../rig/temporary.js';
import { world } from './world.js';

/** A build that lasts until it is broken off, or is let go to its end. */
const pretended = (changes: Partial<Builder> = {}) => {
  const seen: string[] = [];
  let finish = (): void => undefined;
  const builder: Builder = {
    isReady: async () => true,
    isDone: async () => false,
    build: (plan, _, signal) => {
      seen.push(`begun for ${plan.provider}, ${plan.database.engine}`);
      return new Promise((resolve, reject) => {
        finish = () => {
          seen.push('finished');
          resolve();
        };
        signal.addEventListener('abort', () => {
          seen.push('broken off');
          reject(new InterruptedError());
        });
      });
    },
    ...changes,
  };
  return { builder, seen, finish: () => finish() };
};

test('the usual lab is built ahead, which is said once, and broken off when nobody needs it', async (t) => {
  const { builder, seen } = pretended();
  const { context, told } = world(await temporaryFolder(t));
  const ahead = await buildAhead(context, builder);
  t.deepEqual(seen, ['begun for container, mysql']);
  t.is(told.length, 1);
  t.regex(told[0] ?? '', /being built/);
  await ahead.end();
  t.deepEqual(seen, ['begun for container, mysql', 'broken off']);
});

test('Ctrl-C breaks it off, and it is no error of its own', async (t) => {
  const { builder, seen } = pretended();
  const stop = new AbortController();
  const { context } = world(await temporaryFolder(t), { signal: stop.signal });
  const ahead = await buildAhead(context, builder);
  stop.abort();
  await ahead.end();
  t.deepEqual(seen.slice(1), ['broken off']);
});

test('what is done is not broken off, and what failed is for those to tell who need it', async (t) => {
  const { builder, seen, finish } = pretended();
  const { context } = world(await temporaryFolder(t));
  const ahead = await buildAhead(context, builder);
  finish();
  await ahead.end();
  t.is(seen[1], 'finished');
  const failing = pretended({ build: async () => Promise.reject(new Error('no network')) });
  await t.notThrowsAsync((await buildAhead(context, failing.builder)).end());
});

test('nothing is begun where it can’t be, or is there already', async (t) => {
  const { context, told } = world(await temporaryFolder(t));
  for (const changes of [{ isReady: async () => false }, { isDone: async () => true }]) {
    const { builder, seen } = pretended(changes);
    await (await buildAhead(context, builder)).end();
    t.deepEqual(seen, []);
  }
  t.deepEqual(told, []);
});
