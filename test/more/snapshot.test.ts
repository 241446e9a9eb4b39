import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { must } from '../../src/host/command.js';
import { exists } from '../../src/host/files.js';
import { type Killed, killedInTime, type Moment } from '../rig/killed.js';
import { inMatrix } from '../rig/matrix.js';
import { needs } from '../rig/needs.js';
import { quintet, words } from '../rig/quintet.js';
import { sharedLab } from '../rig/shared-lab.js';
import { labIdOf } from '../rig/traces.js';

/** Snapshots of real container machines: what was in the database is the witness. */

const lab = sharedLab();

const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip');

const ok = async (t: ExecutionContext, ...argv: string[]): Promise<string> => {
  const ran = await quintet(lab, ...argv);
  t.is(ran.exitCode, 0, `${argv.join(' ')}: ${words(ran)}`);
  return ran.stdout;
};

const timed = async (t: ExecutionContext, ...argv: string[]): Promise<string> => {
  const began = performance.now();
  await ok(t, ...argv);
  return `${argv.join(' ')}: ${((performance.now() - began) / 1000).toFixed(1)} s`;
};

const states = async (t: ExecutionContext): Promise<string[]> => {
  const { machines } = JSON.parse(await ok(t, 'status', '--format', 'json'));
  return machines.map(({ state }: { state: string }) => state);
};
const allRunning = Array(5).fill('running');

const sql = async (t: ExecutionContext, text: string): Promise<string[]> =>
  (await ok(t, 'exec', 'db', '--', 'mysql', '-NBe', text)).split('\n').filter(Boolean);
const remember = (t: ExecutionContext, note: string) =>
  sql(t, `CREATE TABLE IF NOT EXISTS quintet.notes (note VARCHAR(40)); INSERT INTO quintet.notes VALUES ('${note}')`);
/** What is remembered; nothing when the table is not there. */
const remembered = async (t: ExecutionContext): Promise<string[]> => {
  const [there] = await sql(t, `SELECT COUNT(*) FROM information_schema.tables WHERE table_name = 'notes'`);
  return there === '0' ? [] : sql(t, 'SELECT note FROM quintet.notes ORDER BY note');
};

const listed = async (t: ExecutionContext): Promise<string[]> => {
  const { snapshots } = JSON.parse(await ok(t, 'snapshot', 'list', '--format', 'json'));
  return snapshots.map(({ name }: { name: string }) => name);
};

const machineFolder = async (machine: string) => `/var/lib/quintet/labs/${await labIdOf(lab)}/machines/${machine}`;

/**
 * A layer with all that a copy could lose: types, modes, owners, times, links, devices, attributes, content. `path` is the layer, or
 * the image that it is in.
 */
const layerOf = async (path: string): Promise<string> => {
  const script = `set -e
if [ -f "$1" ]; then mount -o loop,ro,noload "$1" /mnt && cd /mnt/upper; else cd "$1"; fi
tar --create --sort=name --numeric-owner --xattrs --xattrs-include='*' . 2>/dev/null |
  tar --list -vvv --full-time --numeric-owner --xattrs --xattrs-include='*'
find . -type f -print0 | sort -z | xargs -0 sha256sum`;
  return must(['unshare', '--mount', 'bash', '-c', script, 'layer', path]);
};

/** A disk cache takes its time to be written, and nobody is kept waiting for that. */
const isSaved = async (t: ExecutionContext): Promise<void> => {
  const lacking = async () => {
    const { snapshots } = JSON.parse(await ok(t, 'snapshot', 'list', '--format', 'json'));
    return snapshots.flatMap((each: { lacking: string[] }) => each.lacking);
  };
  for (let tries = 0; (await lacking()).length > 0; tries += 1) {
    if (tries > 60) return t.fail('the snapshot was not written within a minute');
    await delay(1000);
  }
};

real('what a lab was when it had come up is saved', async (t) => {
  t.deepEqual(await listed(t), ['provisioned']);
  await isSaved(t);
  t.regex(
    words(await quintet(lab, 'snapshot', 'restore', 'mine', '--yes')),
    /exit code 2[\s\S]*no snapshot called mine/,
  );
});

real('what was written since a snapshot is gone after restoring it, and what was there is back', async (t) => {
  await remember(t, 'one');
  // A file of the base that is removed and a folder of it that is replaced are notes in the upper layer.
  await ok(
    t,
    'exec',
    'web',
    '--',
    'sh',
    '-c',
    'rm /etc/debian_version && rm -r /etc/cron.daily && mkdir /etc/cron.daily',
  );
  t.log(await timed(t, 'snapshot', 'save', 'mine'));
  t.deepEqual(await states(t), allRunning);
  t.deepEqual(await listed(t), ['mine', 'provisioned']);
  await remember(t, 'two');
  await ok(t, 'exec', 'web', '--', 'sh', '-c', 'echo back >/etc/debian_version; touch /etc/cron.daily/job');
  t.log(await timed(t, 'snapshot', 'restore', 'mine', '--yes'));
  t.deepEqual(await remembered(t), ['one']);
  t.is(
    await ok(t, 'exec', 'web', '--', 'sh', '-c', 'ls -A /etc/cron.daily; test -e /etc/debian_version || echo gone'),
    'gone',
  );
  t.deepEqual(await states(t), allRunning);
  await ok(t, 'verify', '--checks-only', '--retry-timeout', '10s');
});

real('the copy of a layer keeps owners, modes, links, whiteouts and attributes', async (t) => {
  await ok(t, 'halt', 'web', 'db');
  await ok(t, 'snapshot', 'save', 'off');
  for (const machine of ['web', 'db']) {
    const folder = await machineFolder(machine);
    const image = join(folder, 'disk.img');
    const layer = await layerOf((await exists(image)) ? image : join(folder, 'upper'));
    if (machine === 'web') {
      t.regex(layer, /^c--------- .* 0,0 .*\/etc\/debian_version$/m, 'it was removed');
      t.regex(layer, /\/etc\/cron\.daily\/\n +x: .*trusted\.overlay\.opaque/, 'it hides the one below');
    }
    t.is(await layerOf(join(folder, 'snapshots', 'off')), layer, machine);
  }
  t.deepEqual(await states(t), ['running', 'running', 'stopped', 'running', 'stopped'], 'who was off stays off');
  await ok(t, 'up');
  for (const name of ['off', 'mine']) await ok(t, 'snapshot', 'delete', name);
});

real('after a reset the lab is as it was when it had just been provisioned', async (t) => {
  await remember(t, 'three');
  t.log('at once', await timed(t, 'reset', '--yes'));
  t.deepEqual(await remembered(t), []);
  t.deepEqual(await states(t), allRunning);
  await ok(t, 'verify', '--checks-only', '--retry-timeout', '10s');
});

inMatrix(real)('without that snapshot a reset builds it anew', async (t) => {
  await remember(t, 'four');
  await ok(t, 'snapshot', 'delete', 'provisioned');
  t.log('built anew', await timed(t, 'reset', '--yes'));
  t.deepEqual(await listed(t), ['provisioned']);
  const soon = await quintet(lab, 'reset', '--yes');
  t.is(soon.exitCode, 0, words(soon));
  t.notRegex(soon.stderr, /built anew/, 'a snapshot that is being written is waited for');
  t.deepEqual(await remembered(t), []);
  t.deepEqual(await states(t), allRunning);
  const again = await quintet(lab, 'up');
  t.notRegex(again.stderr, /provision …/, 'up has nothing to do');
  await ok(t, 'verify', '--checks-only', '--retry-timeout', '10s');
});

real('a script must say --yes before what machines hold is lost', async (t) => {
  for (const argv of [['reset'], ['snapshot', 'restore', 'provisioned'], ['snapshot', 'save', 'provisioned']]) {
    const ran = await quintet(lab, ...argv);
    t.is(ran.exitCode, 2, words(ran));
    t.regex(ran.stderr, /--yes/);
  }
});

inMatrix(real)('a fault that is open is healed first, and machines that lost their power run again', async (t) => {
  await ok(t, 'fault', 'lb1', 'power-cut');
  await ok(t, 'fault', 'web', 'cable-cut');
  await ok(t, 'reset', '--yes');
  t.deepEqual(await states(t), allRunning);
  t.regex(words(await quintet(lab, 'heal')), /No fault is in place/);
  await ok(t, 'verify', '--checks-only', '--retry-timeout', '10s');
});

const killedIn = async (t: ExecutionContext, moment: Moment, ...argv: string[]): Promise<Killed> => {
  const ended = await killedInTime(lab, argv, moment);
  t.log(`killed after: ${ended.said.trim().split('\n').at(-1)}`);
  t.true(ended.inTime, ended.said);
  return ended;
};

/** A copy of the database machine's layer is under way. */
const copying = async (): Promise<boolean> => {
  const names = await readdir(join(await machineFolder('db'), 'snapshots')).catch(() => []);
  return names.some((name) => name.startsWith('.'));
};

type Kill = readonly [title: string, moment: Moment];
const whileCopying: Kill = ['while a disk is copied', copying];
const whileStarting: Kill = ['while machines start again', /start …/];

for (const [title, moment] of [whileCopying, whileStarting]) {
  inMatrix(real)(`killed ${title}, a save is no snapshot before the same command has made it one`, async (t) => {
    await remember(t, 'kept');
    await killedIn(t, moment, 'snapshot', 'save', 'mine', '--yes');
    if (moment === copying) t.false((await listed(t)).includes('mine'));
    await ok(t, 'snapshot', 'save', 'mine', '--yes');
    t.deepEqual(await states(t), allRunning);
    await remember(t, 'lost');
    await ok(t, 'snapshot', 'restore', 'mine', '--yes');
    t.deepEqual(await remembered(t), ['kept']);
    await ok(t, 'reset', '--yes');
    await ok(t, 'snapshot', 'delete', 'mine');
  });
}

for (const [title, moment] of [whileStarting, whileCopying]) {
  inMatrix(real)(`killed ${title}, a reset goes on`, async (t) => {
    await remember(t, 'lost');
    await killedIn(t, moment, 'reset', '--yes');
    await ok(t, 'reset', '--yes');
    t.deepEqual(await remembered(t), []);
    t.deepEqual(await states(t), allRunning);
    t.notRegex((await quintet(lab, 'up')).stderr, /provision …/);
  });
}

inMatrix(real)('killed while it restores, up makes whole what is there', async (t) => {
  await killedIn(t, copying, 'reset', '--yes');
  await ok(t, 'up');
  t.deepEqual(await states(t), allRunning);
  await ok(t, 'verify', '--checks-only', '--retry-timeout', '10s');
});
