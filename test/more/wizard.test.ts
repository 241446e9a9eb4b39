import { access, readdir, readFile, rm } from 'node:fs/promises';
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
  const { press, until } = await terminal(t, [process.execPath, executable], { cwd, columns: 80, rows: 24 });
  for (const question of [/Start from these\?/, /written to\?/, /lb1 ─[\s\S]*Write this lab\?[\s\S]*Leave/]) {
    await until(question);
    t.deepEqual(await readdir(cwd), []);
    await press('Enter');
  }
  await until(/Bring the lab up now\?/);
  await access(join(lab, 'lab.yaml'));
  await press('Enter');
  await until(/Verify it now\?/, 180_000);
  // All of them are played elsewhere: what counts here is how they end on a screen.
  const kept = ['haproxy-killed.yaml', 'cable-cut.yaml'];
  for (const file of await readdir(join(lab, 'scenarios'))) {
    if (!kept.includes(file)) await rm(join(lab, 'scenarios', file));
  }
  await press('Enter');
  await until(/Play the other 1 scenario now\?/, 120_000);
  await press('Enter');
  const last = await until(/Next: [\s\S]*exit code \d+/, 120_000);
  t.regex(last, /exit code 0/);
  t.regex(last, /PASS/);
  t.true(last.split('\n').every((line) => line.length <= 80));
  const destroyed = await quintet(lab, 'destroy', '--yes');
  t.is(destroyed.exitCode, 0, words(destroyed));
  t.deepEqual(await traces(await labIdOf(lab)), []);
});

real('the long way, with a way back and more settings, leads to the lab that was asked for', async (t) => {
  const cwd = await temporaryFolder(t);
  const { press, type, until } = await terminal(t, [process.execPath, executable, 'init', 'mine'], {
    cwd,
    columns: 80,
    rows: 24,
  });
  await until(/Start from these\?/);
  await press('Down', 'Enter');
  await until(/1 of 7: What shall run the machines\?[\s\S]*VirtualBox \(.* not on this computer\)/);
  await press('Enter');
  await until(/2 of 7: What shall the additional server be for\?/);
  await press('Enter');
  await until(/3 of 7: What shall run the application\?/);
  await press('Down', 'Enter');
  await until(/4 of 7: Which database\?/);
  await press('Escape');
  await until(/3 of 7: What shall run the application\?\s+Node\.js\s+❯ Gunicorn/);
  for (const question of [/3 of 7/, /4 of 7/, /5 of 7/, /6 of 7/, /7 of 7/]) {
    await until(question);
    await press('Enter');
  }
  await until(/Write this lab\?[\s\S]*Leave/);
  await press('Down', 'Enter');
  await until(/Change what\?/);
  await press(...Array.from({ length: 8 }, () => 'Down'), 'Enter');
  await until(/Which of the other settings\?/);
  await press('Down', 'Enter');
  await until(/Which machine\?/);
  await press('Enter');
  await until(/How much memory shall lb1 have/);
  await type('12');
  await press('Enter');
  await until(/at least 128/);
  await press('C-u');
  await type('640');
  await press('Enter');
  const review = await until(/Besides +machines\.lb1\.memoryMb=640[\s\S]*Write this lab\?[\s\S]*Leave/);
  t.regex(review, /┌─► lb1 ─/, 'picture, summary and menu are there together');
  await press('Enter');
  await until(/exit code 0/);
  const shown = await quintet(join(cwd, 'mine'), 'validate');
  t.is(shown.exitCode, 0, words(shown));
  t.regex(await readFile(join(cwd, 'mine', 'lab.yaml'), 'utf8'), /runtime: gunicorn/);
});
