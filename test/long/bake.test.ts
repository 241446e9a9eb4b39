import { join } from 'node:path';
import test from 'ava';
import { exists } from '../../src/host/files.js';
import { needs } from '../rig/needs.js';
import { ok, words } from '../rig/quintet.js';
import { machinesOn, newLab, quintetOn, standInComputer, standInNeeds } from '../rig/vboxmanage/computer.js';

/** A box baked by real Vagrant on the stand-in for VirtualBox. */
const real = needs(...standInNeeds);

const computer = standInComputer();
test.after.always('the computer of this test goes', () => computer.remove());

real(
  'a baked box is made once more after a kill, leaves no machine, and makes machines without a network',
  async (t) => {
    t.timeout(9 * 60_000);
    const own = await computer();
    const quintet = (lab: string, ...line: string[]) => quintetOn(own, { cwd: join(own.labs, lab) }, ...line);
    await newLab(t, own, 'lab');

    // The export fails, as on a disk that is full.
    await own.misfortunes([{ verb: 'export', nth: 1, times: 3, stderr: 'VBoxManage: error: VERR_DISK_FULL\n' }]);
    const box = join(own.labs, 'baked.box');
    const first = await quintet('lab', 'bake', '-o', box);
    t.is(first.exitCode, 3, words(first));
    t.regex(first.stderr, /disk is full/);
    t.false(await exists(box));
    await own.misfortunes([]);
    const before = (await own.calls()).length;
    t.is(ok(t, await quintet('lab', 'bake', '-o', box)).trim(), box);
    const imports = (await own.calls()).slice(before).filter(({ argv }) => argv[0] === 'import');
    t.deepEqual(imports, [], 'it goes on with the machine that is there');
    t.deepEqual(await machinesOn(own), [], 'and leaves none');
    t.false(await exists(join(own.labs, 'lab', '.quintet', 'bake')));

    const settings = ['provider=virtualbox', 'box.name=mine/baked', `box.url=${box}`].flatMap((one) => ['--set', one]);
    ok(t, await quintetOn(own, { cwd: own.labs }, 'init', 'of-it', '--yes', ...settings));
    ok(t, await quintet('of-it', 'up', 'web', 'lb1'));
    const keys = ['lb1', 'web'].map(async (machine) =>
      ok(t, await quintet('of-it', 'exec', machine, '--', 'cat', '/etc/ssh/ssh_host_ed25519_key.pub')),
    );
    t.is(new Set(await Promise.all(keys)).size, 2, 'each machine has keys of its own');
    const authorized = ok(t, await quintet('of-it', 'exec', 'web', '--', 'cat', '/home/vagrant/.ssh/authorized_keys'));
    t.notRegex(authorized, /vagrant insecure public key/);
    ok(t, await quintet('of-it', 'destroy', '--yes'));
  },
);
