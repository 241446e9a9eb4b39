import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { labId } from '../../src/host/lab-folder.js';
import { lock } from '../../src/host/lock.js';
import { needs } from '../rig/needs.js';
import { executable, ok, plainEnvironment, quintet } from '../rig/quintet.js';
import { temporaryRoom } from '../rig/temporary.js';

/**
 * Somebody else's text on the user's terminal. Before, it could move the cursor, hide what stood there, name the window and type
 * into some terminals.
 */

const room = await temporaryRoom();
const lab = join(room, 'lab');
test.after.always(() => rm(room, { recursive: true, force: true }));
test.before('a lab that was never brought up', async (t) => {
  ok(t, await quintet(room, 'init', 'lab', '--yes', '--set', 'provider=container'));
});

const attack = '\u001b]0;owned\u0007\u001b[2J\u009b1;1H\u202etxt\rPASS';
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not come out
const driving = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/** Runs it on a terminal of its own, with colours, and without one; returns what came out. */
const outputs = async (folder: string, ...line: string[]): Promise<string[]> => {
  const plain = await quintet(folder, ...line);
  const coloured = await execa('node', [executable, ...line], {
    cwd: folder,
    reject: false,
    stdin: 'ignore',
    env: { ...plainEnvironment, NO_COLOR: '', FORCE_COLOR: '1' },
  });
  return [plain.stdout, plain.stderr, coloured.stdout, coloured.stderr];
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: what colours are made of
const colours = /\u001b\[(1|2|22|3[1-6]|39)m/g;

/** Quintet's own colours are taken away; nothing else that a terminal obeys may be left. */
const drivesNothing = (t: ExecutionContext, texts: readonly string[], about = ''): void => {
  for (const text of texts) t.notRegex(text.replaceAll(colours, ''), driving, about);
};

/** The same, and it must have been shown. */
const isShown = (t: ExecutionContext, texts: readonly string[]): void => {
  drivesNothing(t, texts);
  t.true(
    texts.some((text) => text.includes('\\u001b')),
    texts.join('\n'),
  );
};

const copyOf = async (name: string): Promise<string> => {
  const folder = join(room, name);
  await cp(lab, folder, { recursive: true });
  await rm(join(folder, '.quintet', 'place'), { force: true });
  return folder;
};

test('a word of the command line', async (t) => {
  isShown(t, await outputs(lab, attack));
  isShown(t, await outputs(lab, 'ssh', attack));
  isShown(t, await outputs(lab, 'verify', attack));
});

test('the name of a scenario’s file', async (t) => {
  const folder = await copyOf('file-name');
  await writeFile(join(folder, 'scenarios', `x${attack.replaceAll('/', '')}.yaml`), 'title: [');
  const texts = [...(await outputs(folder, 'validate')), ...(await outputs(folder, 'verify', '--list'))];
  drivesNothing(t, texts);
});

test('a file of the lab that somebody changed, in a difference', async (t) => {
  const folder = await copyOf('difference');
  const file = join(folder, 'machines', 'web', 'etc', 'nginx', 'nginx.conf');
  await writeFile(file, `${attack}\n${await readFile(file, 'utf8')}`);
  await rm(join(folder, '.quintet', 'generated.json'));
  isShown(t, await outputs(folder, 'generate', '--dry-run', '--force'));
});

test('the log of a machine', async (t) => {
  const folder = await copyOf('log');
  await mkdir(join(folder, '.quintet', 'logs'), { recursive: true });
  await writeFile(join(folder, '.quintet', 'logs', 'web.log'), `${attack}\n`);
  isShown(t, await outputs(folder, 'logs', 'web', '--provision'));
});

needs('root')('whoever holds a lock says who they are', async (t) => {
  const taken = await lock(`lab-${await labId(lab)}`);
  t.teardown(() => taken.release());
  process.argv.push(attack);
  t.teardown(() => void process.argv.pop());
  isShown(t, await outputs(lab, 'heal'));
});

test('a title in lab.yaml', async (t) => {
  const folder = await copyOf('title');
  const text = await readFile(join(folder, 'lab.yaml'), 'utf8');
  await writeFile(join(folder, 'lab.yaml'), text.replace(/^title:.*$/m, `title: ${JSON.stringify(attack)}`));
  for (const line of [['validate'], ['graph', '--format', 'text'], ['generate', '--dry-run']]) {
    drivesNothing(t, await outputs(folder, ...line), line.join(' '));
  }
});

for (const verb of ['validate', 'status', 'generate', 'graph', 'up']) {
  test(`the name of a folder, said to ${verb}`, async (t) => {
    drivesNothing(t, await outputs(lab, '--lab-dir', join(room, `no-${attack.replaceAll('/', '')}`), verb));
  });
}
