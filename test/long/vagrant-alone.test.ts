import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { needs } from '../rig/needs.js';
import { ok } from '../rig/quintet.js';
import { machinesOn, newLab, quintetOn, standInComputer, standInNeeds } from '../rig/vboxmanage/computer.js';

/** A lab's Vagrantfile in the hands of Vagrant itself, the real one on the VBoxManage stand-in. */
const real = needs(...standInNeeds);

const computer = standInComputer();
test.after.always('the computer of these tests goes', () => computer.remove());

const folder = async () => join((await computer()).labs, 'lab');
const quintet = async (...line: string[]) => quintetOn(await computer(), { cwd: await folder() }, ...line);
const vagrant = async (...line: string[]) =>
  (await computer()).run(['vagrant', ...line], { cwd: await folder(), timeoutMs: 9 * 60_000 });

real('a machine that Vagrant built Quintet takes for its own, and Vagrant removes those of Quintet', async (t) => {
  t.timeout(9 * 60_000);
  await newLab(t, await computer(), 'lab');
  const up = await vagrant('up', 'web');
  ok(t, up);
  t.regex(up.stdout, /^==> web: Running provisioner: provision/m);
  const since = (await (await computer()).calls()).length;
  ok(t, await quintet('up', 'web', 'app'));
  const id = (await readFile(join(await folder(), '.vagrant', 'machines', 'web', 'virtualbox', 'id'), 'utf8')).trim();
  const controls = (await (await computer()).calls()).slice(since).filter(({ argv }) => argv[0] !== 'showvminfo');
  t.deepEqual(
    controls.filter(({ argv }) => argv[1] === id),
    [],
    'it is left as it was',
  );
  t.is((await vagrant('ssh', 'web', '-c', 'hostname')).stdout.trim(), 'web');
  ok(t, await vagrant('provision', 'web'));
  ok(t, await vagrant('destroy', '-f'));
  t.deepEqual(await machinesOn(await computer()), []);
});
