import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { needs } from '../rig/needs.js';
import { executable } from '../rig/quintet.js';
import { temporaryFolder } from '../rig/temporary.js';
import { terminal } from '../rig/terminal.js';

const command = [process.execPath, executable];

/** Quintet's wizard in an empty folder. */
const wizard = async (t: ExecutionContext, columns: number, rows = 60) => {
  const cwd = await temporaryFolder(t);
  return { cwd, ...(await terminal(t, command, { cwd, columns, rows })) };
};

const inTerminal = needs('tmux');

for (const columns of [60, 80, 100]) {
  inTerminal(`in a terminal ${columns} columns wide the wizard leads to a lab by arrow keys alone`, async (t) => {
    const { cwd, press, until, type } = await wizard(t, columns, 24);
    const first = await until(/Start from these\?/);
    t.true(first.split('\n').every((line) => line.length <= columns));
    await press('Down', 'Enter');
    await until(/run the machines\?\s/);
    await press('Enter');
    await until(/written to\?/);
    await press('C-u');
    await type('mine');
    await press('Enter');
    await until(/additional server be for\?/);
    await press('Enter');
    await until(/run the application\?/);
    await press('Down', 'Enter');
    await until(/Which database\?/);
    await press('Escape');
    await until(/4 of 8: What shall run the application\?\s+Node\.js\s+❯ Gunicorn/);
    await press('Enter');
    await until(/Which database\?/);
    await press('Enter');
    await until(/How soon shall/);
    await press('Down', 'Enter');
    await until(/comes back/);
    await press('Enter');
    await until(/Which private network/);
    await press('Enter');
    const review = await until(/Write this lab\?[\s\S]*Leave/);
    t.regex(review, /Application +Gunicorn/);
    t.regex(review, /Failover +fast/);
    t.regex(review, columns < 70 ? /visitors ► 192\.168\.56\.10 ► lb1, lb2 ► web/ : /┌─► lb1 /);
    await press('Enter');
    await until(/Bring the lab up now\?/);
    await press('n', 'Enter');
    await until(/exit code 0/);
    t.true((await readdir(join(cwd, 'mine'))).includes('lab.yaml'));
  });
}

inTerminal('Ctrl-C at a question leaves nothing behind, no stack trace, and exit code 130', async (t) => {
  const { cwd, press, until } = await wizard(t, 80);
  await until(/Start from these\?/);
  await press('Enter');
  await until(/written to\?/);
  await press('C-c');
  const last = await until(/exit code \d+/);
  t.regex(last, /Nothing was written\.\nexit code 130/);
  t.notRegex(last, /ExitPromptError| at .*\.(?:js|ts)/);
  t.deepEqual(await readdir(cwd), []);
});
