import { readFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { wizard } from '../../src/cli/wizard/wizard.js';
import { parseLab } from '../../src/lab/parse-lab.js';
import { InterruptedError } from '../../src/model/errors.js';
import { temporaryFolder } from '../rig/temporary.js';
import { scripted, world } from './world.js';

const start = async (t: ExecutionContext, answers: Parameters<typeof scripted>[0]) => {
  const cwd = await temporaryFolder(t);
  const script = scripted(answers);
  const made = world(cwd, { interactive: true, prompts: async () => script.prompts });
  return { cwd, script, ...made };
};

const labIn = (folder: string) => {
  const parsed = parseLab(readFileSync(join(folder, 'lab.yaml'), 'utf8'), 'lab.yaml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.lab;
};

test('the short way asks for the folder alone and writes the default lab', async (t) => {
  const { cwd, context, script, told } = await start(t, [
    [/Start from these/, 'defaults'],
    [/folder/, 'mine'],
    [/Write this lab/, 'write'],
  ]);
  const folder = await wizard(context);
  t.is(folder, join(cwd, 'mine'));
  t.deepEqual(script.left, []);
  const names = await readdir(folder);
  for (const name of ['lab.yaml', 'Vagrantfile', 'README.md', 'topology.svg', 'machines', 'guide.md', 'scenarios']) {
    t.true(names.includes(name), name);
  }
  t.is(labIn(folder).vrrp.timing, 'balanced');
  t.regex(told.join('\n'), /║ VIP {2}192\.168\.56\.10/);
  t.regex(told.join('\n'), /Failover +balanced \(failover in at most 0\.9 s\)/);
});

test('every answer of the long way ends in lab.yaml', async (t) => {
  const { context, script } = await start(t, [
    [/Start from these/, 'customise'],
    [/run the machines/, 'container'],
    [/folder/, 'mine'],
    [/run the application/, 'gunicorn'],
    [/database/, 'mariadb'],
    [/How soon/, 'fast'],
    [/take the virtual IP back/, 'true'],
    [/private network/, '192.168.57.0/24'],
    [/Write this lab/, 'write'],
  ]);
  const lab = labIn(await wizard(context));
  t.deepEqual(script.left, []);
  t.is(lab.app.runtime, 'gunicorn');
  t.is(lab.database.engine, 'mariadb');
  t.is(lab.vrrp.timing, 'fast');
  t.true(lab.vrrp.preempt);
  t.is(lab.network.subnet, '192.168.57.0/24');
});

test('where the virtual machines come from is asked, and why it matters; containers need no such thing', async (t) => {
  const { cwd, context, script, told } = await start(t, [
    [/Start from these/, 'customise'],
    [/run the machines/, 'virtualbox'],
    [/take the machines from/, 'own'],
    [/Which box/, 'absent.box'],
    [/Which box/, 'lab.box'],
    [/folder/, 'mine'],
    [/run the application/, undefined],
    [/database/, undefined],
    [/How soon/, undefined],
    [/take the virtual IP back/, undefined],
    [/private network/, undefined],
    [/Write this lab/, 'Change box'],
    [/take the machines from/, 'own'],
    [/Which box/, 'https://boxes.test/lab.box'],
    [/checksum/, 'abc'],
    [/checksum/, 'a'.repeat(64)],
    [/Write this lab/, 'Change box'],
    [/take the machines from/, 'public'],
    [/Write this lab/, 'Change box'],
    [/take the machines from/, 'own'],
    [/Which box/, 'lab.box'],
    [/Write this lab/, 'write'],
  ]);
  await writeFile(join(cwd, 'lab.box'), '');
  const lab = labIn(await wizard(context));
  t.deepEqual(script.left, []);
  t.deepEqual(lab.box, { name: 'quintet/debian-13', url: join(cwd, 'lab.box') });
  const refused = script.asked.filter((line) => line.startsWith('refused'));
  t.is(refused.length, 2, refused.join('\n'));
  t.regex(refused[0] ?? '', /no such file/);
  t.regex(script.offered.join('\n'), /public box bento\/debian-13: .*closes after 15 March 2027/);
  t.regex(told.join('\n'), /Box +bento\/debian-13$/m);
  t.regex(told.join('\n'), /Box +quintet\/debian-13 from https:/);
});

test('answers are checked on the spot by the rules of lab.yaml', async (t) => {
  const { context, script } = await start(t, [
    [/Start from these/, 'customise'],
    [/run the machines/, undefined],
    [/folder/, '/'],
    [/folder/, 'mine'],
    [/run the application/, undefined],
    [/database/, undefined],
    [/How soon/, undefined],
    [/take the virtual IP back/, undefined],
    [/private network/, '192.168.57.0/33'],
    [/private network/, '8.8.8.0/24'],
    [/private network/, '192.168.57.0/24'],
    [/Write this lab/, 'write'],
  ]);
  await wizard(context);
  const refused = script.asked.filter((line) => line.startsWith('refused'));
  t.is(refused.length, 3, refused.join('\n'));
  t.regex(refused[0] ?? '', /not empty/);
  t.regex(refused[1] ?? '', /network/);
});

test('an answer can be changed before anything is written', async (t) => {
  const { context, script, told } = await start(t, [
    [/Start from these/, 'defaults'],
    [/folder/, 'mine'],
    [/Write this lab/, 'Change failover'],
    [/How soon/, 'classic'],
    [/Write this lab/, 'Change folder'],
    [/folder/, 'other'],
    [/Write this lab/, 'write'],
  ]);
  const folder = await wizard(context);
  t.deepEqual(script.left, []);
  t.true(folder.endsWith('/other'));
  t.is(labIn(folder).vrrp.timing, 'classic');
  t.regex(told.join('\n'), /Failover +classic \(failover in at most 3\.0 s\)/);
});

for (const stop of ['leave', 'Ctrl-C'] as const) {
  test(`leaving by ${stop} writes nothing`, async (t) => {
    const { cwd, context, script } = await start(t, [
      [/Start from these/, 'defaults'],
      [/folder/, 'mine'],
      [/Write this lab/, 'leave'],
    ]);
    if (stop === 'Ctrl-C') {
      script.prompts.input = async () => {
        throw new InterruptedError();
      };
    }
    await t.throwsAsync(wizard(context), { instanceOf: InterruptedError, message: 'Nothing was written.' });
    t.deepEqual(await readdir(cwd), []);
  });
}

test('what the command line has decided is the default of its question', async (t) => {
  const { context } = await start(t, [
    [/Start from these/, 'defaults'],
    [/folder/, undefined],
    [/Write this lab/, 'write'],
  ]);
  const folder = await wizard(context, { folder: 'given', settings: [['app.runtime', 'gunicorn']] });
  t.true(folder.endsWith('/given'));
  t.is(labIn(folder).app.runtime, 'gunicorn');
});
