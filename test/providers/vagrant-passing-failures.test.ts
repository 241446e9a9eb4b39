import test from 'ava';
import { InterruptedError } from '../../src/model/errors.js';
import { tryingTwice, whyPassing } from '../../src/providers/vagrant/passing-failures.js';
import { type Trouble, troubles, wordsOfVagrant } from '../rig/vboxmanage/troubles.js';

const failureOf = (trouble: Trouble) => ({
  name: 'Vagrant::Errors::VBoxManageError',
  words: wordsOfVagrant(troubles[trouble]),
});

test('another import at the same moment passes, on every system; nothing else that VirtualBox is known for does', (t) => {
  const passing = (Object.keys(troubles) as Trouble[]).filter((one) => whyPassing(failureOf(one)) !== undefined);
  t.deepEqual(passing, ['importRace', 'importRaceOnWindows']);
  t.is(whyPassing(undefined), undefined);
});

/** What comes of attempts that fail like that one after the other, and how often it was tried. */
const tried = async (...failures: readonly (Trouble | undefined)[]) => {
  let count = 0;
  const told: string[] = [];
  const attempt = async () => {
    const trouble = failures[count];
    count += 1;
    return { failure: trouble && failureOf(trouble) };
  };
  const { failure } = await tryingTwice(attempt, (why) => told.push(why), undefined, 1);
  return { count, told, failed: failure !== undefined };
};

test('a failure that passes is tried once more and told; one that stays is a failure', async (t) => {
  const told = ['VirtualBox was importing another box at the same moment'];
  t.deepEqual(await tried(undefined), { count: 1, told: [], failed: false });
  t.deepEqual(await tried('importRace', undefined), { count: 2, told, failed: false });
  t.deepEqual(await tried('importRace', 'importRace', undefined), { count: 2, told, failed: true });
  t.deepEqual(await tried('diskFullAtImport'), { count: 1, told: [], failed: true });
});

test('an interrupt ends the wait', async (t) => {
  const stop = new AbortController();
  const attempt = async () => ({ failure: failureOf('importRace') });
  const trying = tryingTwice(attempt, () => stop.abort(), stop.signal, 60_000);
  await t.throwsAsync(trying, { instanceOf: InterruptedError });
});
