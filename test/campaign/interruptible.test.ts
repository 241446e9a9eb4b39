import test from 'ava';
import { abandonable } from '../../src/campaign/interruptible.js';
import { InterruptedError } from '../../src/model/errors.js';

test('what may take long is left when the user interrupts', async (t) => {
  const user = new AbortController();
  const waiting = abandonable({ interrupted: user.signal }, () => new Promise<never>(() => undefined));
  user.abort();
  await t.throwsAsync(waiting, { instanceOf: InterruptedError });
  await t.throwsAsync(
    abandonable({ interrupted: user.signal }, () => new Promise<never>(() => undefined)),
    { instanceOf: InterruptedError },
    'also when that was before',
  );
});

test('what ends by itself gives its result, or its own failure', async (t) => {
  const { signal } = new AbortController();
  t.is(await abandonable({ interrupted: signal }, async () => 7), 7);
  t.is(await abandonable({}, async () => 7), 7);
  const broken = async () => {
    throw new Error('broken');
  };
  await t.throwsAsync(abandonable({ interrupted: signal }, broken), { message: 'broken' });
});
