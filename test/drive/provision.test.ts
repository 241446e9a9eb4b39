import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { plainLineEnds, provisionScript, stage } from '../../src/drive/provision.js';
import { run } from '../../src/host/command.js';
import { exists } from '../../src/host/files.js';
import { needs } from '../rig/needs.js';
import { temporaryFolder } from '../rig/temporary.js';

const test = needs('flock', 'bash', 'grep', 'sed');

test('a provision waits for an earlier one that still runs, and says so', async (t) => {
  const folder = await temporaryFolder(t);
  const [begun, goOn, order] = [join(folder, 'begun'), join(folder, 'go-on'), join(folder, 'order')];
  const stage = join(folder, 'stage');
  const upload = async () => {
    await rm(stage, { recursive: true, force: true });
    await mkdir(stage);
    await writeFile(
      join(stage, 'provision.sh'),
      `echo in >> ${order}; touch ${begun}; while [ ! -e ${goOn} ]; do sleep 0.05; done; sleep 0.2; echo out >> ${order}\n`,
    );
  };
  const argv = ['bash', '-c', provisionScript(stage, join(folder, 'lock'))];
  const lines: string[] = [];
  await upload();
  const one = run(argv, { timeoutMs: 20_000 });
  while (!(await exists(begun))) await delay(20);
  await upload();
  const two = run(argv, { timeoutMs: 20_000, onLine: (line) => lines.push(line) });
  while (!lines.some((line) => line.includes('Waiting'))) await delay(20);
  await writeFile(goOn, '');
  t.deepEqual([(await one).exitCode, (await two).exitCode], [0, 0]);
  t.deepEqual(lines, ['==> Waiting for an earlier provision of this machine to end']);
  t.is(await readFile(order, 'utf8'), 'in\nout\nin\nout\n');
  t.false(await exists(stage));
});

test('it gives up in the end', async (t) => {
  const folder = await temporaryFolder(t);
  const lock = join(folder, 'lock');
  const holder = run(['flock', lock, 'sleep', '3'], { timeoutMs: 20_000 });
  while (!(await exists(lock))) await delay(20);
  await delay(100);
  await writeFile(join(folder, 'provision.sh'), 'echo never\n');
  const { exitCode, stdout } = await run(['bash', '-c', provisionScript(folder, lock, 0)], { timeoutMs: 20_000 });
  t.is(exitCode, 75);
  t.notRegex(stdout, /never/);
  await holder;
});

test('the exit code of provision.sh is its own, and no key stays behind whatever it is', async (t) => {
  for (const exitCode of [0, 3]) {
    const folder = await temporaryFolder(t);
    const stage = join(folder, 'stage');
    await mkdir(stage);
    await writeFile(join(stage, 'site.key'), 'secret');
    await writeFile(join(stage, 'provision.sh'), `exit ${exitCode}\n`);
    t.is((await run(['bash', '-c', provisionScript(stage, join(folder, 'lock'))])).exitCode, exitCode);
    t.false(await exists(stage));
  }
});

test('what was saved on Windows runs with plain line ends, and all else is as it was sent', async (t) => {
  const folder = await temporaryFolder(t);
  const file = (name: string) => join(folder, name);
  const files: Readonly<Record<string, string | Buffer>> = {
    'provision.sh': `# "é"\r\nset -eu\r\nif true; then\r\n  cp -a ${folder} ${folder}-then\r\n  echo done\r\nfi\r\nexit 7\r\n`,
    'etc/haproxy.cfg': 'global\r\n  log here\r\n',
    'plain.conf': 'a\rb\n',
    'srv/picture.png': Buffer.from('PNG\r\n\0\r\n'),
  };
  for (const name of ['etc', 'srv']) await mkdir(file(name));
  for (const [name, content] of Object.entries(files)) await writeFile(file(name), content);
  await chmod(file('etc/haproxy.cfg'), 0o600);
  t.teardown(() => rm(`${folder}-then`, { recursive: true, force: true }));
  const ran = await run(['bash', '-c', provisionScript(folder, `${folder}-then.lock`)]);
  await rm(`${folder}-then.lock`);
  const then = (name: string) => join(`${folder}-then`, name);
  t.is(ran.exitCode, 7, ran.stderr);
  t.is(ran.stdout, 'done\n');
  t.is(await readFile(then('etc/haproxy.cfg'), 'utf8'), 'global\n  log here\n');
  t.is((await stat(then('etc/haproxy.cfg'))).mode & 0o777, 0o600);
  for (const name of ['plain.conf', 'srv/picture.png']) {
    t.deepEqual(await readFile(then(name)), Buffer.from(files[name] ?? ''), name);
  }
});

test('vagrant by itself gives the files of a machine plain line ends as well', async (t) => {
  const vagrantfile = await readFile(join(import.meta.dirname, '../../templates/Vagrantfile.ejs'), 'utf8');
  t.true(vagrantfile.includes(`  ${plainLineEnds(stage).replaceAll('\\', '\\\\')}\n`));
});
