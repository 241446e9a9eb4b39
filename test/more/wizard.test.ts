import { access, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { needs } from '../rig/needs.js';
import { executable, quintet, words } from '../rig/quintet.js';
import { temporaryFolder } from '../rig/temporary.js';
import { terminal } from '../rig/terminal.js';
import { labIdOf, traces } from '../rig/traces.js';

const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip', 'tmux');

real('Enter alone leads through the wizard to a lab that is up and passes', async (t) => {
  const cwd = await temporaryFolder(t);
  const lab = join(cwd, 'quintet-lab');
  t.teardown(() => quintet(lab, 'destroy', '--yes'));
  const { press, until } = await terminal(t, [process.execPath, executable], { cwd, columns: 100, rows: 40 });
  for (const question of [/Start from these\?/, /written to\?/, /Write this lab\?[\s\S]*Leave/]) {
    await until(question);
    t.deepEqual(await readdir(cwd), []);
    await press('Enter');
  }
  await until(/Bring the lab up now\?/);
  await access(join(lab, 'lab.yaml'));
  await press('Enter');
  await until(/Verify it now\?/, 180_000);
  // All of them are played elsewhere: what counts here is how they end on a screen.
  const kept = ['haproxy-killed.yaml', 'power-cut.yaml', 'cable-cut.yaml'];
  for (const file of await readdir(join(lab, 'scenarios'))) {
    if (!kept.includes(file)) await rm(join(lab, 'scenarios', file));
  }
  await press('Enter');
  await until(/Play the other 1 scenario now\?/, 120_000);
  await press('Enter');
  const last = await until(/Next: [\s\S]*exit code \d+/, 120_000);
  t.regex(last, /exit code 0/);
  t.regex(last, /PASS/);
  t.true(last.split('\n').every((line) => line.length <= 100));
  const destroyed = await quintet(lab, 'destroy', '--yes');
  t.is(destroyed.exitCode, 0, words(destroyed));
  t.deepEqual(await traces(await labIdOf(lab)), []);
});
