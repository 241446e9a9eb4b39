import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { completionScript, shells } from '../../src/cli/completion.js';
import { verbs } from '../../src/cli/verbs.js';
import { run } from '../../src/host/command.js';
import { needs } from '../rig/needs.js';
import { temporaryFolder } from '../rig/temporary.js';

const offers = { labs: ['scale-up'], scenarios: ['power-cut', 'cable-cut'] };

/** What a real bash offers at the end of a line. */
const offered = async (t: ExecutionContext, cwd: string, ...line: string[]): Promise<string[]> => {
  const script = join(cwd, '.completion');
  await writeFile(script, completionScript('bash', verbs, offers));
  const program =
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is bash's.
    'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _quintet; printf "%s\\n" "${COMPREPLY[@]}"';
  const result = await run(['bash', '-c', program, 'bash', script, 'quintet', ...line], { cwd });
  t.is(result.stderr, '');
  return result.stdout.split('\n').filter(Boolean);
};

const bashTest = needs('bash');

bashTest('bash completes verbs', async (t) => {
  const cwd = await temporaryFolder(t);
  t.deepEqual(await offered(t, cwd, 'ver'), ['verify']);
  t.deepEqual(await offered(t, cwd, '--yes', 'pro'), ['promote', 'provision']);
  t.deepEqual(await offered(t, cwd, '-C', 'verify', 'ha'), ['halt']);
});

bashTest('bash completes the machines of the nearest lab', async (t) => {
  const cwd = await temporaryFolder(t);
  for (const name of ['lb1', 'web']) await mkdir(join(cwd, 'machines', name), { recursive: true });
  await writeFile(join(cwd, 'lab.yaml'), '');
  const below = join(cwd, 'machines', 'web');
  t.deepEqual(await offered(t, cwd, 'ssh', ''), ['lb1', 'web']);
  t.deepEqual(await offered(t, below, 'ssh', 'l'), ['lb1']);
});

bashTest('bash completes options, their values, scenarios and shells', async (t) => {
  const cwd = await temporaryFolder(t);
  t.deepEqual(await offered(t, cwd, 'verify', '--form'), ['--format']);
  t.deepEqual(await offered(t, cwd, 'verify', '--format', 'j'), ['json', 'junit']);
  t.deepEqual(await offered(t, cwd, 'verify', 'p'), ['power-cut']);
  t.deepEqual(await offered(t, cwd, 'init', '--lab', ''), ['scale-up']);
  t.deepEqual(await offered(t, cwd, 'completion', ''), ['bash', 'zsh', 'fish']);
});

bashTest('bash completes a machine first, and what is done to it second', async (t) => {
  const cwd = await temporaryFolder(t);
  await mkdir(join(cwd, 'machines', 'lb1'), { recursive: true });
  await writeFile(join(cwd, 'lab.yaml'), '');
  t.deepEqual(await offered(t, cwd, 'fault', ''), ['lb1']);
  t.deepEqual(await offered(t, cwd, 'fault', 'lb1', 'process-'), ['process-killed', 'process-hung']);
  t.deepEqual(await offered(t, cwd, 'fault', 'lb1', 'process-hung', '--service', 'n'), ['nginx']);
  t.deepEqual(await offered(t, cwd, 'ssh', 'lb1', 'process-'), []);
});

for (const shell of shells) {
  test(`the script for ${shell} knows every verb`, (t) => {
    const script = completionScript(shell, verbs, offers);
    for (const { name } of verbs) t.true(script.includes(name), name);
  });
}

needs('shellcheck')('the script for bash is clean shell', async (t) => {
  const input = completionScript('bash', verbs, offers);
  // compgen's words are split on purpose: none holds a space.
  const { stdout } = await run(['shellcheck', '--shell=bash', '--exclude=SC2207,SC2012', '-'], { input });
  t.is(stdout, '');
});
