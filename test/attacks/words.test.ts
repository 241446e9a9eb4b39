import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { matrix } from '../rig/matrix.js';
import { quintet, words } from '../rig/quintet.js';
import { temporaryRoom } from '../rig/temporary.js';

/**
 * Words that every object of JavaScript knows, said where Quintet looks words up. Each is a word like any other: unknown, and the
 * user's mistake. The older release said of six of these lines that it had a bug, and forgot its snapshots.
 */

const room = await temporaryRoom();
const lab = join(room, 'lab');
test.after.always(() => rm(room, { recursive: true, force: true }));
test.before('a lab that was never brought up', async (t) => {
  const made = await quintet(room, 'init', 'lab', '--yes', '--set', 'provider=container');
  t.is(made.exitCode, 0, words(made));
});

const lines = [
  'WORD',
  'snapshot WORD',
  'snapshot save WORD',
  'snapshot delete WORD',
  'snapshot restore WORD',
  'fault lb1 WORD',
  'fault WORD process-killed',
  'verify WORD',
  'up WORD',
  'provision WORD',
  'exec WORD -- true',
  'logs WORD',
  'switch WORD',
  'report WORD',
  'completion WORD',
  'graph --format WORD',
  'init other --yes --set WORD=1',
  'init other --yes --set WORD.x=1',
  'init other --yes --set app.WORD=1',
  'init other --yes --set app.runtime=WORD',
  'init other --yes --set verify.limitMs=5WORD',
  'init other --yes --lab WORD',
];

const known = ['__proto__', 'constructor', 'toString'];

for (const [at, line] of lines.entries()) {
  const others = known.filter((_, index) => index !== at % known.length);
  test(`quintet ${line}`, async (t) => {
    for (const word of matrix([known[at % known.length] ?? ''], others)) {
      // A name of a snapshot that could be one is refused for want of machines.
      const codes = line === 'snapshot save WORD' && word !== '__proto__' ? [2, 3] : [2];
      const ran = await quintet(lab, ...line.replaceAll('WORD', word).split(' '));
      t.true(codes.includes(ran.exitCode ?? -1), `${word}: ${ran.exitCode}\n${words(ran)}`);
      t.notRegex(ran.stderr, /bug in Quintet|native code|\[object |undefined/, word);
    }
  });
}

test('machines may be called by such a word where it is a name', async (t) => {
  const set = ['--set', 'machines.constructor.roles=web', '--set', 'machines.valueof.roles=load-balancer'];
  const ran = await quintet(room, 'init', 'odd', '--yes', ...set);
  t.is(ran.exitCode, 0, words(ran));
  t.is((await quintet(join(room, 'odd'), 'validate')).exitCode, 0);
});
