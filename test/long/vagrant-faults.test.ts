import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { start } from '../../src/host/command.js';
import { interrupted } from '../rig/interrupted.js';
import { needs } from '../rig/needs.js';
import { ok, plainEnvironment, type Ran, words } from '../rig/quintet.js';
import {
  machinesOn,
  newLab,
  quintetInside,
  quintetOn,
  standInComputer,
  standInNeeds,
} from '../rig/vboxmanage/computer.js';
import type { Rig } from '../rig/vboxmanage/rig.js';
import { forwardsNothing } from '../rig/vboxmanage/troubles.js';

/**
 * What goes wrong with Vagrant and VirtualBox on people's computers: clear words, the right exit code, the same command goes
 * on afterwards, and destroy leaves nothing. Vagrant is the real one, VBoxManage a stand-in that fails on demand.
 */
const real = needs(...standInNeeds);

const computer = standInComputer();
test.after.always('the computer of these tests goes', () => computer.remove());

interface LabThere {
  readonly own: Rig;
  /** Where it lies now: it may be moved. */
  folder: string;
  quintet(...line: string[]): Promise<Ran>;
}

/** A lab of its own for a test, destroyed at its end, after which nothing but the box is on that computer. */
const labOf = async (t: ExecutionContext, name: string, ...settings: string[]): Promise<LabThere> => {
  t.timeout(6 * 60_000);
  const own = await computer();
  await own.misfortunes([]);
  const lab: LabThere = {
    own,
    folder: await newLab(t, own, name, ...settings),
    quintet: (...line) => quintetOn(own, { cwd: lab.folder }, ...line),
  };
  t.teardown(async () => {
    await own.misfortunes([]);
    await lab.quintet('destroy', '--yes');
  });
  return lab;
};

const destroyed = async (t: ExecutionContext, lab: LabThere): Promise<void> => {
  const ran = await lab.quintet('destroy', '--yes');
  t.is(ran.exitCode, 0, words(ran));
  t.deepEqual(await machinesOn(lab.own), []);
};

const refused = (t: ExecutionContext, ran: Ran, ...says: readonly RegExp[]): void => {
  t.is(ran.exitCode, 3, words(ran));
  for (const one of says) t.regex(ran.stderr, one);
  t.notRegex(ran.stderr, /^\s+at .*:\d+:\d+|bug in Quintet/m);
};

const answers = async (t: ExecutionContext, { quintet }: LabThere, machine: string): Promise<void> => {
  t.is(ok(t, await quintet('exec', machine, '--', 'hostname')).trim(), machine);
};

const verbsSince = async (own: Rig, since: number): Promise<string[]> =>
  (await own.calls()).slice(since).map(({ argv }) => argv[0] ?? '');

real('a machine that was left paused is told as that, and halt, up, heal and destroy let it go on', async (t) => {
  const lab = await labOf(t, 'paused');
  ok(t, await lab.quintet('up', 'web'));
  const pause = async () => {
    ok(t, await lab.quintet('fault', 'web', 'machine-paused'));
    const { machines } = JSON.parse(ok(t, await lab.quintet('status', '--format', 'json')));
    t.is(machines.find(({ name }: { name: string }) => name === 'web').state, 'paused');
  };
  await pause();
  refused(t, await lab.quintet('exec', 'web', '--', 'true'), /web is paused/, /quintet heal/);
  ok(t, await lab.quintet('heal'));
  await answers(t, lab, 'web');
  await pause();
  ok(t, await lab.quintet('halt', 'web'));
  ok(t, await lab.quintet('heal'));
  ok(t, await lab.quintet('up', 'web'));
  await answers(t, lab, 'web');
  await pause();
  ok(t, await lab.quintet('up', 'web'));
  await answers(t, lab, 'web');
  ok(t, await lab.quintet('heal'));
  await pause();
  await destroyed(t, lab);
});

real('a box that is not the one that lab.yaml means is refused, and nothing is made', async (t) => {
  const { home } = await computer();
  const lab = await labOf(t, 'checksum', '--set', `box.url=${join(home, 'stand-in.box')}`);
  const path = join(lab.folder, 'lab.yaml');
  const text = await readFile(path, 'utf8');
  await writeFile(
    path,
    text.replace(/^(\s*)name: quintet\/stand-in/m, `$1name: mine/other\n$1sha256: '${'0'.repeat(64)}'`),
  );
  refused(t, await lab.quintet('up'), /checksum/i, /box\.sha256/);
  t.deepEqual(await machinesOn(lab.own), []);
  await writeFile(path, text);
  ok(t, await lab.quintet('validate'));
  await destroyed(t, lab);
});

real(
  'one machine’s provisioner that fails stops no other; its own words are shown, and up goes on there',
  async (t) => {
    const lab = await labOf(t, 'provisioner');
    const script = join(lab.folder, 'machines', 'web', 'provision.sh');
    const text = await readFile(script, 'utf8');
    await writeFile(script, text.replace('\n', "\necho 'no such package: nginxx' >&2\nexit 1\n"));
    const first = await lab.quintet('up', 'web', 'lb1');
    refused(t, first, /web: provision\.sh failed with exit code 1/, /no such package: nginxx/, /quintet logs web/);
    t.is(ok(t, await lab.quintet('exec', 'lb1', '--', 'systemctl', 'is-active', 'haproxy')).trim(), 'active');

    await writeFile(script, text);
    const before = (await lab.own.calls()).length;
    ok(t, await lab.quintet('up', 'web', 'lb1'));
    t.is(ok(t, await lab.quintet('exec', 'web', '--', 'systemctl', 'is-active', 'nginx')).trim(), 'active');
    const verbs = await verbsSince(lab.own, before);
    t.false(verbs.includes('startvm') || verbs.includes('clonevm'), `it only provisions: ${verbs.join(' ')}`);
    await destroyed(t, lab);
  },
);

real('while another vagrant works on a machine, up says so, waits, and goes on', async (t) => {
  const lab = await labOf(t, 'locked');
  const before = (await lab.own.calls()).length;
  const other = lab.own.run(['vagrant', 'up', 'web', '--no-provision'], { cwd: lab.folder, timeoutMs: 240_000 });
  for (const until = Date.now() + 60_000; Date.now() < until; await delay(100)) {
    if ((await verbsSince(lab.own, before)).includes('clonevm')) break;
  }
  const ran = await lab.quintet('up', 'web');
  ok(t, ran);
  t.regex(ran.stderr, /Waiting for another vagrant command that works on web/);
  t.is((await other).exitCode, 0);
  await answers(t, lab, 'web');
  await destroyed(t, lab);
});

/** Takes ports of loopback on that computer until it is stopped. */
const takePorts = async (own: Rig, ports: readonly number[]) => {
  const script = `let left = process.argv.slice(1).map((port) => require('net').createServer().listen(port, '127.0.0.1', () => {
    left -= 1;
    if (left === 0) console.log('taken');
  })).length;`;
  const holder = start(own.inside([process.execPath, '-e', script, ...ports.map(String)]));
  for await (const _ of holder.lines) break;
  return holder;
};

real('a port that is taken is left alone; when all are, it is told, and up goes on once one is free', async (t) => {
  const lab = await labOf(t, 'ports');
  const usual = [2222, ...Array.from({ length: 51 }, (_, index) => 2200 + index)];
  const all = await takePorts(lab.own, [...new Set(usual)]);
  refused(t, await lab.quintet('up', 'web').finally(() => all.stop()), /web/, /2222, 2200 to 2250/);
  const one = await takePorts(lab.own, [2222]);
  ok(t, await lab.quintet('up', 'web'));
  await answers(t, lab, 'web');
  await one.stop();
  await destroyed(t, lab);
});

real('a machine that never answers over SSH is told, and up starts it again', async (t) => {
  const lab = await labOf(t, 'silent');
  const file = join(lab.folder, 'Vagrantfile');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/^(\s*)config\.vm\.box_check_update.*$/m, '$&\n$1config.vm.boot_timeout = 15'));
  await lab.own.misfortunes([forwardsNothing]);
  refused(
    t,
    await lab.quintet('up', 'web'),
    /web/,
    /Timed out while waiting for the machine to boot/,
    /never answered/,
  );
  await lab.own.misfortunes([]);
  ok(t, await lab.quintet('up', 'web'));
  await answers(t, lab, 'web');
  await destroyed(t, lab);
});

real('a lab whose name has spaces and quotes works, also after it was moved', async (t) => {
  const lab = await labOf(t, `Ada's "first" $lab`);
  ok(t, await lab.quintet('up', 'web'));
  await answers(t, lab, 'web');

  const moved = join(lab.own.labs, 'term 2; lab');
  await rename(lab.folder, moved);
  lab.folder = moved;
  await answers(t, lab, 'web');
  const before = (await lab.own.calls()).length;
  ok(t, await lab.quintet('up', 'web'));
  t.false((await verbsSince(lab.own, before)).includes('startvm'), 'it is the same machine');
  ok(t, await lab.quintet('halt', 'web'));
  ok(t, await lab.quintet('up', 'web'));
  await answers(t, lab, 'web');
  await destroyed(t, lab);
});

/** One moment in each tenth of the time that a start takes, in no order; the same ones every time. */
const moments = (seed: number, count: number, spanMs: number): number[] => {
  const random = xoroshiro128plus(seed);
  const share = spanMs / count;
  const all = Array.from({ length: count }, (_, index) =>
    Math.round((index + uniformInt(random, 0, 999) / 1000) * share),
  );
  return all
    .map((moment) => [uniformInt(random, 0, 1_000_000), moment] as const)
    .sort(([one], [other]) => one - other)
    .map(([, moment]) => moment);
};

const boundMs = 15_000;

real('Ctrl-C at ten moments of up, and up again', async (t) => {
  const lab = await labOf(t, 'ctrl-c');
  const argv = quintetInside(lab.own, ['up', 'web']);
  const env = { ...lab.own.env, ...plainEnvironment };
  let stopped = 0;
  for (const afterMs of moments(4, 10, 20_000)) {
    const ran = await interrupted(argv, { cwd: lab.folder, env, afterMs });
    t.log(`after ${afterMs} ms: ended ${Math.round(ran.endedAfterMs)} ms later with ${ran.exitCode}`);
    if (!ran.inTime) {
      ok(t, ran);
      continue;
    }
    stopped += 1;
    t.is(ran.exitCode, 130, words(ran));
    t.true(ran.endedAfterMs < boundMs, `${ran.endedAfterMs} ms`);
    // Node.js itself can be hit before it has learnt to listen.
    if (afterMs > 1500) t.regex(ran.stderr, /quintet up goes on where it stopped/);
  }
  t.true(stopped >= 5, `${stopped} of ten`);
  ok(t, await lab.quintet('up', 'web'));
  await answers(t, lab, 'web');
  t.is(ok(t, await lab.quintet('exec', 'web', '--', 'systemctl', 'is-active', 'nginx')).trim(), 'active');
  t.regex(ok(t, await lab.quintet('exec', 'web', '--', 'ip', '-brief', '-4', 'address')), /192\.168\.56\.21\/24/);
  await destroyed(t, lab);
});
