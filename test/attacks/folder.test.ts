import { spawn } from 'node:child_process';
import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { openReportFolder } from '../../src/campaign/report-folder.js';
import { bundleKind } from '../../src/cli/bundle/kind.js';
import { filesFor } from '../../src/drive/machine-inputs.js';
import { openLog } from '../../src/drive/machine-log.js';
import { exists } from '../../src/host/files.js';
import { holdLab, labDoor } from '../../src/host/lab-door.js';
import { writeLabFile } from '../../src/host/lab-folder.js';
import { createFolder } from '../../src/host/new-folder.js';
import { InputError } from '../../src/model/errors.js';
import { planOf } from '../../src/plan/plan.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { matrix } from '../rig/matrix.js';
import { needs } from '../rig/needs.js';
import { newLab } from '../rig/new-lab.js';
import { ok, type Ran, words } from '../rig/quintet.js';
import { give, quintet, type Scene, scene, secret, student } from '../rig/students-lab.js';
import { temporaryFolder } from '../rig/temporary.js';

/**
 * What the owner of a lab folder (a student) tries on whoever runs Quintet in it (an instructor, as root). Each attack names
 * what it did to the older release.
 */
const attack = needs('root', 'setpriv');
/** No process has this id: it is above the largest that Linux gives out. */
const deadProcess = 2 ** 22 + 1;

/** Refused as bad input, by name, with nothing of root's told or touched. */
const refused = async (t: ExecutionContext, { victim, shadow }: Scene, ran: Ran, named: RegExp): Promise<void> => {
  t.is(ran.exitCode, 2, words(ran));
  t.regex(ran.stderr, named);
  t.false(words(ran).includes(secret));
  t.deepEqual(await readdir(victim), ['shadow']);
  t.is(await readFile(shadow, 'utf8'), `${secret}\n`);
  t.is((await stat(shadow)).mode & 0o777, 0o600);
};

const replaceByLink = async (path: string, target: string): Promise<void> => {
  await rm(path, { recursive: true, force: true });
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path);
};

const siteOf = (folder: string) => ({ folder, id: 'abcdef01', plan: planOf(labSchema.parse({})) });

/** What a machine says is kept in the lab's folder. */
const logged = async (lab: string): Promise<void> => {
  const log = openLog(
    lab,
    'app',
    () => undefined,
    () => 'now',
  );
  log.emit({ type: 'output', machine: 'app', line: 'evil:x:0:0' });
  await log.flush();
};

// It appended the machine's words to any file of the computer.
attack('a log that is a link is written nowhere', async (t) => {
  const { lab, shadow } = await scene(t);
  await replaceByLink(join(lab, '.quintet/logs/app.log'), shadow);
  await logged(lab);
  t.is(await readFile(shadow, 'utf8'), `${secret}\n`);
});

// The same with a second name for the file, where the kernel lets a user make one.
attack('a log that is another name for root’s file is written nowhere', async (t) => {
  const { lab, shadow } = await scene(t);
  await mkdir(join(lab, '.quintet/logs'), { recursive: true });
  await link(shadow, join(lab, '.quintet/logs/app.log'));
  await logged(lab);
  t.is(await readFile(shadow, 'utf8'), `${secret}\n`);
});

// It wrote a history and reports wherever the link led.
attack('reports that are a link are written nowhere', async (t) => {
  const { lab, victim } = await scene(t);
  await replaceByLink(join(lab, 'reports'), victim);
  await t.throwsAsync(openReportFolder(lab, '2026-11-22T19:05:08.123Z'), {
    instanceOf: InputError,
    message: /reports/,
  });
  t.deepEqual(await readdir(victim), ['shadow']);
});

// It removed ../victim, and all that was in it.
for (const names of [['../victim'], ['.'], ['../victim/shadow'], ['/etc/hostname'], ['photos'], [{}], 'machines']) {
  attack(`a folder is not made room in by removing ${JSON.stringify(names)}`, async (t) => {
    const at = await scene(t);
    const target = join(at.room, 'target');
    await mkdir(join(target, `.quintet-new-${deadProcess}`), { recursive: true });
    await writeFile(join(target, `.quintet-new-${deadProcess}`, 'moving.json'), JSON.stringify(names));
    await mkdir(join(target, 'photos'));
    await quintet(at.room, ['init', target, '--yes', '--set', 'provider=container']);
    t.deepEqual(await readdir(at.victim), ['shadow']);
    t.true(await exists(join(target, 'photos')));
  });
}

// `quintet bundle` onto a stick that somebody prepared removed a folder beside it.
attack('a prepared stick removes nothing', async (t) => {
  const { room, victim } = await scene(t);
  const stick = join(room, 'stick');
  const left = join(stick, `.quintet-bundle-${deadProcess}`);
  await mkdir(left, { recursive: true });
  await writeFile(join(left, 'moving.json'), '["../victim"]');
  await createFolder(bundleKind, stick, async (folder) => writeFile(join(folder, 'SHA256SUMS'), ''));
  t.deepEqual(await readdir(victim), ['shadow']);
  t.deepEqual(await readdir(stick), ['SHA256SUMS']);
});

// What a student made to look like half a lab was removed as one of root's own.
attack('a temporary folder that somebody else made is not taken for a left one', async (t) => {
  const { room } = await scene(t);
  const target = join(room, 'target');
  await mkdir(join(target, `.quintet-new-${deadProcess}`), { recursive: true });
  await writeFile(join(target, `.quintet-new-${deadProcess}`, 'moving.json'), '["lab.yaml","README.md"]');
  await writeFile(join(target, 'README.md'), 'mine');
  await give(join(target, `.quintet-new-${deadProcess}`));
  t.is((await quintet(room, ['init', target, '--yes'])).exitCode, 2);
  t.is(await readFile(join(target, 'README.md'), 'utf8'), 'mine');
});

// It wrote a whole machine's files wherever the link led.
attack('generate writes through no link of a machine’s folder', async (t) => {
  const at = await scene(t);
  await replaceByLink(join(at.lab, 'machines/lb2'), at.victim);
  await refused(t, at, await at.asRoot('generate'), /machines\/lb2 is not a plain folder but a link/);
  await refused(t, at, await at.asRoot('generate', '--force'), /machines\/lb2/);
});

// The same a step further up and further down.
for (const part of ['machines', 'machines/web/etc', '.quintet', '.quintet/ca', '.quintet/machines']) {
  attack(`generate writes through no link that ${part} is`, async (t) => {
    const at = await scene(t);
    await replaceByLink(join(at.lab, part), at.victim);
    const ran = await at.asRoot('generate', '--force');
    await refused(t, at, ran, new RegExp(`${part} is not a plain folder but a link`));
    t.is((await stat(at.victim)).mode & 0o777, 0o755);
  });
}

// It removed any file whose text the student knew, and told that it had.
attack('a forged record of what was generated removes nothing through a link', async (t) => {
  const at = await scene(t);
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256').update(`${secret}\n`).digest('hex');
  const files = { 'machines/lb9/shadow': [hash], '../victim/shadow': [hash], 'lab.yaml': [hash] };
  await symlink(at.victim, join(at.lab, 'machines/lb9'));
  await writeFile(join(at.lab, '.quintet/generated.json'), JSON.stringify({ version: 1, files }));
  await refused(t, at, await at.asRoot('generate', '--force'), /machines\/lb9 is not a plain folder but a link/);
});

// It removed lab.yaml, the user's own file.
attack('a forged record of what was generated removes nothing that Quintet does not generate', async (t) => {
  const at = await scene(t);
  const { createHash } = await import('node:crypto');
  const text = await readFile(join(at.lab, 'lab.yaml'), 'utf8');
  const hash = createHash('sha256').update(text).digest('hex');
  await writeFile(
    join(at.lab, '.quintet/generated.json'),
    JSON.stringify({ files: { 'lab.yaml': [hash], '../x': [] } }),
  );
  ok(t, await at.asRoot('generate', '--force'));
  t.is(await readFile(join(at.lab, 'lab.yaml'), 'utf8'), text);
});

// Its text landed in machines/lb1/etc/hosts.orig, which everybody could read.
attack('no backup is made of what a link leads to', async (t) => {
  const at = await scene(t);
  const haproxy = 'machines/lb1/etc/haproxy/haproxy.cfg';
  await replaceByLink(join(at.lab, haproxy), at.shadow);
  await refused(t, at, await at.asRoot('generate', '--force'), /haproxy\.cfg is not a plain file but a link/);
  t.false(await exists(join(at.lab, `${haproxy}.orig`)));
});

// A file that only its owner could read had a backup that everybody could read.
attack('a backup can be read by nobody who could not read the file', async (t) => {
  const at = await scene(t);
  const haproxy = join(at.lab, 'machines/lb1/etc/haproxy/haproxy.cfg');
  await writeFile(haproxy, 'my own password\n');
  await chmod(haproxy, 0o600);
  ok(t, await at.asRoot('generate', '--force'));
  t.is(await readFile(`${haproxy}.orig`, 'utf8'), 'my own password\n');
  t.is((await stat(`${haproxy}.orig`)).mode & 0o777, 0o600);
});

// It sent root's private key into the student's machine.
attack('machines that are a link send nothing into a machine', async (t) => {
  const { lab, room } = await scene(t);
  const keys = join(room, 'keys');
  await mkdir(join(keys, 'lb1'), { recursive: true });
  await writeFile(join(keys, 'lb1/provision.sh'), '');
  await writeFile(join(keys, 'lb1/id_ed25519'), secret);
  await replaceByLink(join(lab, 'machines'), keys);
  t.throws(() => filesFor(siteOf(lab), 'lb1'), { instanceOf: InputError, message: /machines is not a plain folder/ });
});

// What was looked at was not what was packed: a link put there in between was followed.
attack('a folder that turns into a link again and again sends nothing of root’s', async (t) => {
  const { lab, victim } = await scene(t);
  const at = join(lab, 'machines/lb1/etc');
  await writeFile(join(victim, 'keepalived.conf'), secret);
  const flip = `const { renameSync, symlinkSync } = require('node:fs');
    symlinkSync(${JSON.stringify(victim)}, ${JSON.stringify(`${at}.link`)});
    for (;;) {
      renameSync(${JSON.stringify(at)}, ${JSON.stringify(`${at}.real`)});
      renameSync(${JSON.stringify(`${at}.link`)}, ${JSON.stringify(at)});
      renameSync(${JSON.stringify(at)}, ${JSON.stringify(`${at}.link`)});
      renameSync(${JSON.stringify(`${at}.real`)}, ${JSON.stringify(at)});
    }`;
  const flipping = spawn(process.execPath, ['-e', flip], { stdio: 'ignore' });
  t.teardown(() => {
    flipping.kill('SIGKILL');
  });
  let whole = 0;
  const until = performance.now() + 5000;
  while (performance.now() < until) {
    try {
      const files = filesFor(siteOf(lab), 'lb1');
      t.false([...files.values()].some((content) => Buffer.from(content).includes(secret)));
      whole += 1;
    } catch (error) {
      t.true(error instanceof Error && error.name !== 'TypeError', String(error));
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.log(`read ${whole} times`);
});

// It made any file of the computer 0600, and any folder 0700.
attack('a secret that is a link has no rights taken from what it leads to', async (t) => {
  const at = await scene(t);
  const program = join(at.room, 'program');
  await writeFile(program, 'everybody’s\n', { mode: 0o755 });
  await replaceByLink(join(at.lab, '.quintet/ca/ca.key'), program);
  await refused(t, at, await at.asRoot('generate'), /ca\.key is not a plain file but a link/);
  t.is((await stat(program)).mode & 0o777, 0o755);
});

// A key that the student could read became the authority of a lab of root's.
attack('the lab itself may be reached by a link', async (t) => {
  const at = await scene(t);
  await symlink(at.lab, join(at.room, 'shortcut'));
  ok(t, await quintet(at.room, ['-C', 'shortcut', 'generate']));
  ok(t, await quintet(at.room, ['-C', 'shortcut', 'validate']));
});

// The path was believed again at each step: the rest was written wherever it led by then.
attack('a lab folder that becomes another one is not written to any more', async (t) => {
  const { lab, victim } = await scene(t);
  holdLab(lab);
  await rename(lab, `${lab}.aside`);
  await symlink(victim, lab);
  await t.throwsAsync(writeLabFile(lab, '.quintet/state.json', '{}'), { message: /has become another folder/ });
  t.deepEqual(await readdir(victim), ['shadow']);
});

/** What stands for another lab's machines on this computer. */
const pretendMachines = async (t: ExecutionContext, id: string): Promise<string> => {
  const machines = `/var/lib/quintet/labs/${id}/machines`;
  t.teardown(() => rm(dirname(machines), { recursive: true, force: true }));
  await mkdir(join(machines, 'db/upper'), { recursive: true });
  return join(machines, 'db/upper');
};

const idOf = async (lab: string) => (await readFile(join(lab, '.quintet/id'), 'utf8')).trim();

// Its machines were the student's: their passwords could be read, and destroy removed them.
attack('the id of another lab gives nothing of its machines', async (t) => {
  const at = await scene(t);
  const other = join(at.room, 'other');
  await newLab(other, 'provider=container');
  ok(t, await quintet(other, ['status']));
  const id = await idOf(other);
  const disk = await pretendMachines(t, id);
  for (const place of [other, '/nowhere', at.lab]) {
    await writeLabFile(at.lab, '.quintet/id', `${id}\n`);
    await writeLabFile(at.lab, '.quintet/place', `${place}\n`);
    await give(at.lab);
    const status = await at.asRoot('status', '--format', 'json');
    if (place === other) {
      const { machines } = JSON.parse(ok(t, status));
      t.is(machines.find(({ name }: { name: string }) => name === 'db').state, 'absent');
      t.not(await idOf(at.lab), id);
    } else {
      t.is(status.exitCode, 2, words(status));
      t.regex(status.stderr, /is the id of a lab whose owner is not known/);
    }
    await at.asRoot('destroy', '--yes');
    t.true(await exists(disk), place);
  }
});

// The same, when the other lab is not where it was any more.
attack('an id is bound to a folder and its owner, outside of all labs', async (t) => {
  const at = await scene(t);
  const { bindLab, releaseLab } = await import('../../src/host/lab-owners.js');
  const other = join(at.room, 'other');
  await newLab(other, 'provider=container');
  ok(t, await quintet(other, ['status']));
  const id = await idOf(other);
  const disk = await pretendMachines(t, id);
  await bindLab(other, id);
  t.teardown(() => releaseLab(id));
  await rename(other, `${other}-moved`);
  await writeLabFile(at.lab, '.quintet/id', `${id}\n`);
  await writeLabFile(at.lab, '.quintet/place', `${at.lab}\n`);
  await give(at.lab);
  for (const argv of [['status'], ['destroy', '--yes'], ['exec', 'db', '--', 'true']]) {
    const ran = await at.asRoot(...argv);
    t.is(ran.exitCode, 2, words(ran));
    t.regex(ran.stderr, /is the id of a lab that another user had/);
  }
  t.true(await exists(disk));
  // Its owner moved it: it goes on to work, and its copy is a lab of its own.
  const { machines } = JSON.parse(ok(t, await quintet(`${other}-moved`, ['status', '--format', 'json'])));
  t.is(machines.find(({ name }: { name: string }) => name === 'db').state, 'stopped');
  t.is(await idOf(`${other}-moved`), id);
});

const oddKinds: readonly (readonly [what: string, make: (path: string) => Promise<unknown>])[] = [
  ['a pipe', (path) => execa('mkfifo', [path])],
  ['a link to /dev/zero', (path) => symlink('/dev/zero', path)],
  ['a device', (path) => execa('mknod', [path, 'c', '1', '5'])],
];

// `validate` never ended.
for (const [place, file] of [
  'scenarios/power-cut.yaml',
  'lab.yaml',
  'guide.md',
  '.quintet/generated.json',
  'README.md',
].entries()) {
  const isIts = (_: unknown, index: number): boolean => index === place % oddKinds.length;
  const others = oddKinds.filter((each, index) => !isIts(each, index));
  for (const [what, make] of matrix(oddKinds.filter(isIts), others)) {
    attack(`${what} as ${file} is refused by name, at once`, async (t) => {
      const at = await scene(t);
      await rm(join(at.lab, file));
      await make(join(at.lab, file));
      const verb = file.endsWith('.yaml') ? 'validate' : 'generate';
      await refused(t, at, await at.asRoot(verb), new RegExp(`${file} is not a plain file`));
    });
  }
}

// It showed the lines of a file that only root may read, as mistakes of lab.yaml.
attack('lab.yaml as a link tells nothing of what it leads to', async (t) => {
  const at = await scene(t);
  await replaceByLink(join(at.lab, 'lab.yaml'), at.shadow);
  await refused(t, at, await at.asRoot('validate'), /lab\.yaml is not a plain file but a link/);
  await replaceByLink(join(at.lab, '.quintet/last-up.yaml'), at.shadow);
  await refused(t, at, await at.asRoot('destroy', '--yes'), /is not a plain file but a link/);
});

const tookMs = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return Math.round(performance.now() - began);
};

// It took 20 seconds, a hundred times as long as usual, or for ever, and heard no signal.
for (const [what, text] of [
  ['20,000 keys', Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n')],
  ['1,600 keys', Array.from({ length: 1600 }, (_, index) => `key${index}: ${index}`).join('\n')],
  ['1,200 machines', `machines: {${Array.from({ length: 1200 }, (_, index) => `m${index}: x`).join(', ')}}`],
  ['doubled keys', ':\n'.repeat(120_000)],
  ['aliases', `a: &a [1]\nb: [${'*a,'.repeat(3000)}]`],
  ['a megabyte', `# ${'x'.repeat(2 ** 21)}`],
] as const) {
  attack(`a lab.yaml of ${what} is refused at once`, async (t) => {
    const at = await scene(t);
    const usualMs = await tookMs(() => at.asRoot('validate'));
    await writeFile(join(at.lab, 'lab.yaml'), text);
    const refusedMs = await tookMs(async () => refused(t, at, await at.asRoot('validate'), /lab\.yaml/));
    t.true(refusedMs < 20 * usualMs, `${refusedMs} ms, where ${usualMs} ms are usual`);
  });
}

// It read every one of them.
attack('more scenarios than anybody plays are refused', async (t) => {
  const at = await scene(t);
  for (let index = 0; index < 501; index += 1) await writeFile(join(at.lab, `scenarios/s${index}.yaml`), '');
  await refused(t, at, await at.asRoot('validate'), /scenarios holds \d+ scenarios/);
});

// A bug of Quintet, with a stack trace, in the middle of undoing what was to be undone.
attack('a forged list of open faults is told as damaged', async (t) => {
  const at = await scene(t);
  await writeLabFile(at.lab, '.quintet/faults.json', '{"faults":[{"machine":"../../x","fault":"__proto__"}]}');
  const ran = await at.asRoot('heal');
  t.is(ran.exitCode, 3, words(ran));
  t.regex(ran.stderr, /faults\.json is damaged/);
});

/** All below a folder that is not this user's, the folder itself too. */
const notOf = async (folder: string, uid: number): Promise<string[]> =>
  (await execa('find', [folder, '!', '-uid', String(uid)])).stdout.split('\n').filter(Boolean);

// What root wrote by sudo could not be removed, or even read, by who had called it.
attack('what is written by sudo into a user’s folder is that user’s', async (t) => {
  const at = await scene(t);
  const sudo = { SUDO_UID: String(student), SUDO_GID: String(student) };
  await rm(join(at.lab, 'machines'), { recursive: true });
  await rm(join(at.lab, '.quintet'), { recursive: true });
  await give(at.lab);
  ok(t, await quintet(at.lab, ['generate'], sudo));
  ok(t, await quintet(at.lab, ['status'], sudo));
  await (await openReportFolder(at.lab, '2026-11-22T19:05:08.123Z')).close();
  t.deepEqual(await notOf(at.lab, student), []);
  const home = join(at.room, 'home');
  await mkdir(home);
  await chown(home, student, student);
  ok(t, await quintet(home, ['init', 'new', '--yes'], sudo));
  await mkdir(join(home, 'empty'));
  await chown(join(home, 'empty'), student, student);
  ok(t, await quintet(home, ['init', 'empty', '--yes'], sudo));
  t.deepEqual(await notOf(home, student), []);
  // Root's own folder stays root's.
  ok(t, await quintet(at.room, ['init', 'roots', '--yes'], sudo));
  t.deepEqual(await notOf(join(at.room, 'roots'), 0), []);
});

// Their path was followed, to whatever the student had put there.
attack('what a report is told from is a plain file of the lab', async (t) => {
  const at = await scene(t);
  await mkdir(join(at.lab, 'reports/2026-11-22T19-05-08-123Z'), { recursive: true });
  await execa('mkfifo', [join(at.lab, 'reports/2026-11-22T19-05-08-123Z/history.jsonl')]);
  await refused(t, at, await at.asRoot('report'), /history\.jsonl is not a plain file but a pipe/);
  await replaceByLink(join(at.lab, 'reports/2026-11-22T19-05-08-123Z'), at.victim);
  await refused(t, at, await at.asRoot('report', '2026-11-22T19-05-08-123Z'), /is not a plain folder but a link/);
});

test('a door opens nothing outside of the lab', async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'lab'));
  await writeFile(join(folder, 'beside'), '');
  const door = labDoor(join(folder, 'lab'));
  for (const path of ['../beside', '..', '.', 'a/../../beside', '/etc/passwd', 'a\0b']) {
    t.throws(() => door.text(path), undefined, path);
    t.throws(() => door.remove(path), undefined, path);
    await t.throwsAsync(door.write(path, ''), undefined, path);
  }
  t.true((await lstat(join(folder, 'beside'))).isFile());
});
