import { readFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { timingShown } from '../../src/cli/wizard/timing-words.js';
import { wizard } from '../../src/cli/wizard/wizard.js';
import { catalogueLab } from '../../src/host/catalogue.js';
import { parseLab } from '../../src/lab/parse-lab.js';
import { InputError, InterruptedError } from '../../src/model/errors.js';
import { scheduled } from '../../src/plan/expectation.js';
import { planOf } from '../../src/plan/plan.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { timings } from '../../src/roles/load-balancer.js';
import { temporaryFolder } from '../rig/temporary.js';
import { back, scripted, world } from './world.js';

const start = async (
  t: ExecutionContext,
  answers: Parameters<typeof scripted>[0],
  programs: readonly string[] = [],
) => {
  const cwd = await temporaryFolder(t);
  const bin = await temporaryFolder(t);
  for (const name of programs) await writeFile(join(bin, name), '', { mode: 0o755 });
  const script = scripted(answers);
  const made = world(cwd, { interactive: true, prompts: async () => script.prompts, env: { PATH: bin } });
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
  t.regex(told.join('\n'), /192\.168\.56\.10 ─┤ +VRRP/);
  t.regex(told.join('\n'), /Failover +balanced: the site is gone for at most 1\.1 s/);
});

test('another lab of the path can be chosen, and what it adds is told', async (t) => {
  const { context, script, told } = await start(t, [
    [/Start from these/, 'another'],
    [/Which lab/, back],
    [/Start from these/, 'another'],
    [/Which lab/, 'three-servers'],
    [/Start from these/, 'defaults'],
    [/folder/, 'mine'],
    [/Write this lab/, 'write'],
  ]);
  const folder = await wizard(context);
  t.deepEqual(script.left, []);
  t.deepEqual(Object.keys(labIn(folder).machines), ['lb', 'server1', 'server2']);
  t.true((await readdir(join(folder, 'scenarios'))).includes('first-server-power-cut.yaml'));
  const summary = told.join('\n').split('Three servers (lb, server1, server2)').at(-1) ?? '';
  t.regex(told.join('\n'), /Lab +Three servers \(lb, server1, server2\)/);
  t.notRegex(summary, /Fifth server|Failover/, 'it has neither a fifth server nor a second load balancer');
});

test('every answer of the long way ends in lab.yaml', async (t) => {
  const { context, script } = await start(t, [
    [/Start from these/, 'customise'],
    [/run the machines/, 'container'],
    [/folder/, 'mine'],
    [/additional server/, undefined],
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
  const { cwd, context, script, told } = await start(
    t,
    [
      [/Start from these/, 'customise'],
      [/run the machines/, 'virtualbox'],
      [/take the machines from/, 'own'],
      [/Which box/, 'absent.box'],
      [/Which box/, 'lab.box'],
      [/folder/, 'mine'],
      [/additional server/, undefined],
      [/run the application/, undefined],
      [/database/, undefined],
      [/How soon/, undefined],
      [/take the virtual IP back/, undefined],
      [/private network/, undefined],
      [/Write this lab/, 'change'],
      [/Change what/, 'Box'],
      [/take the machines from/, 'own'],
      [/Which box/, 'https://boxes.test/lab.box'],
      [/checksum/, 'abc'],
      [/checksum/, 'a'.repeat(64)],
      [/Write this lab/, 'change'],
      [/Change what/, 'Box'],
      [/take the machines from/, 'public'],
      [/Write this lab/, 'change'],
      [/Change what/, 'Box'],
      [/take the machines from/, 'own'],
      [/Which box/, 'lab.box'],
      [/Write this lab/, 'write'],
    ],
    ['VBoxManage', 'vagrant'],
  );
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
    [/additional server/, undefined],
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
    [/Write this lab/, 'change'],
    [/Change what/, 'Failover'],
    [/How soon/, 'classic'],
    [/Write this lab/, 'change'],
    [/Change what/, 'Folder'],
    [/folder/, 'other'],
    [/Write this lab/, 'write'],
  ]);
  const folder = await wizard(context);
  t.deepEqual(script.left, []);
  t.true(folder.endsWith('/other'));
  t.is(labIn(folder).vrrp.timing, 'classic');
  t.regex(told.join('\n'), /Failover +classic: the site is gone for at most 3\.2 s/);
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

test('what the command line has answered is not asked, and can still be changed', async (t) => {
  const { context, script } = await start(t, [
    [/Start from these/, 'customise'],
    [/1 of 6: .*run the machines/, undefined],
    [/2 of 6: .*additional server/, undefined],
    [/3 of 6: .*database/, undefined],
    [/4 of 6: How soon/, undefined],
    [/5 of 6: .*take the virtual IP back/, undefined],
    [/6 of 6: .*private network/, undefined],
    [/Write this lab/, 'change'],
    [/Change what/, 'Application'],
    [/run the application/, 'node'],
    [/Write this lab/, 'write'],
  ]);
  const folder = await wizard(context, { folder: 'given', settings: [['app.runtime', 'gunicorn']] });
  t.deepEqual(script.left, []);
  t.true(folder.endsWith('/given'));
  t.is(labIn(folder).app.runtime, 'node');
});

test('a folder that was given and is taken is said before anything is asked', async (t) => {
  const { cwd, context } = await start(t, []);
  await writeFile(join(cwd, 'file'), '');
  await t.throwsAsync(wizard(context, { folder: '.' }), { instanceOf: InputError, message: /not empty/ });
});

test('each question says which one it is, and Esc leads back to the one before', async (t) => {
  const { context, script } = await start(t, [
    [/^Start from these/, 'customise'],
    [/^1 of 8: What shall run the machines/, back],
    [/^Start from these/, 'customise'],
    [/^1 of 8: What shall run the machines/, undefined],
    [/^2 of 8: Which folder/, 'mine'],
    [/^3 of 8: What shall the additional server/, undefined],
    [/^4 of 8: What shall run the application/, 'gunicorn'],
    [/^5 of 8: Which database/, back],
    [/^4 of 8: What shall run the application/, back],
    [/^3 of 8: What shall the additional server/, back],
    [/^2 of 8: Which folder/, undefined],
    [/^3 of 8: What shall the additional server/, 'cache'],
    [/^4 of 8: What shall run the application/, undefined],
    [/^5 of 8: Which database/, undefined],
    [/^6 of 8: How soon/, undefined],
    [/^7 of 8: When lb1 comes back/, undefined],
    [/^8 of 8: Which private network/, undefined],
    [/Write this lab/, 'change'],
    [/Change what/, 'Database'],
    [/^Which database/, back],
    [/Write this lab/, 'write'],
  ]);
  const folder = await wizard(context);
  t.deepEqual(script.left, []);
  t.true(folder.endsWith('/mine'), 'what was answered before is the default');
  t.is(labIn(folder).app.runtime, 'gunicorn');
  t.deepEqual(Object.keys(labIn(folder).machines), ['lb1', 'web', 'app', 'db', 'cache']);
});

test('what this computer or this lab can not do is shown with the reason', async (t) => {
  const { context, script } = await start(t, [
    [/Start from these/, 'customise'],
    [/run the machines/, undefined],
    [/folder/, undefined],
    [/additional server/, undefined],
    [/run the application/, undefined],
    [/database/, undefined],
    [/How soon/, undefined],
    [/take the virtual IP back/, undefined],
    [/private network/, undefined],
    [/Write this lab/, 'change'],
    [/Change what/, 'more'],
    [/other settings/, 'System'],
    [/operating system/, back],
    [/Write this lab/, 'write'],
  ]);
  await wizard(context);
  const offered = script.offered.join('\n');
  t.regex(offered, /^VirtualBox: VirtualBox and Vagrant are not on this computer$/m);
  t.regex(offered, /^ubuntu-24.04: containers can't run ubuntu-24.04$/m);
  t.regex(offered, /^debian-12: MySQL can't be had on debian-12$/m);
});

test('more settings are to be found, by their rules, and stand in the summary', async (t) => {
  const { context, script, told } = await start(t, [
    [/Start from these/, 'defaults'],
    [/folder/, 'mine'],
    [/Write this lab/, 'change'],
    [/Change what/, 'more'],
    [/other settings/, 'Memory'],
    [/Which machine/, 'db'],
    [/How much memory shall db have/, '12'],
    [/How much memory shall db have/, '2048'],
    [/Write this lab/, 'change'],
    [/Change what/, 'more'],
    [/other settings/, 'Any other'],
    [/Which setting/, 'nonsense'],
    [/Which setting/, 'ports.htps=8443'],
    [/Which setting/, 'ports.https=8443'],
    [/Write this lab/, 'write'],
  ]);
  const lab = labIn(await wizard(context));
  t.deepEqual(script.left, []);
  t.is(lab.machines.db?.memoryMb, 2048);
  t.is(lab.ports.https, 8443);
  const [memory = '', form = '', name = ''] = script.asked.filter((line) => line.startsWith('refused'));
  t.regex(memory, /at least/);
  t.regex(form, /Such as ports\.https=8443/);
  t.regex(name, /Did you mean .*https\?/);
  t.regex(told.join('\n'), /Besides +machines\.db\.memoryMb=2048\n +ports\.https=8443/);
});

test('the wait that is told is the one that verify holds the lab to', async (t) => {
  const base = await catalogueLab('scale-up');
  const scenario = base.scenarios.find(({ id }) => id === 'power-cut');
  if (scenario === undefined) throw new Error('there is no power cut');
  for (const timing of timings) {
    const lab = labSchema.parse({ vrrp: { timing } });
    const bound = scheduled(scenario, planOf(lab)).expect.site?.outageAtMostMs ?? Number.NaN;
    t.regex(timingShown(lab, base), new RegExp(`at most ${(bound / 1000).toFixed(1)} s$`));
  }
});

test('the picture and the summary fit a terminal of 80 columns and 24 lines, with the menu', async (t) => {
  for (const way of [['VBoxManage', 'vagrant'], []]) {
    const { context, told } = await start(
      t,
      [
        [/Start from these/, 'defaults'],
        [/Write this lab/, 'write'],
      ],
      way,
    );
    await wizard(context, { folder: 'given' });
    const review = told.slice(-2).join('\n').split('\n');
    t.true(review.every((line) => line.length <= 80));
    // The question, three choices, an empty line, what one means, and the keys.
    t.true(review.length + 7 <= 24, `${review.length}`);
  }
});
