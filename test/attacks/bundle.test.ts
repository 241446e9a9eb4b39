import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { sumsOf } from '../../src/cli/bundle/sums.js';
import { run } from '../../src/host/command.js';
import { aboutBundle } from '../../src/render/bundle.js';
import { needs } from '../rig/needs.js';
import { temporaryFolder } from '../rig/temporary.js';

/** A bundle on its way to another computer, in somebody else's hands. Before, any set of sums that fitted the files was believed. */

const test = needs('sha256sum', 'awk', 'script');
const installer = join(import.meta.dirname, '..', '..', 'templates', 'bundle', 'install.sh');
const facts = { quintet: '1', node: '20.20.2', uname: 'Nowhere none', lab: 'scale-up' };

/** A bundle that installs nothing here, since it is for no computer: how far the installer comes is told by its words. */
const written = async (t: ExecutionContext) => {
  const folder = await temporaryFolder(t);
  const put = async (path: string, text: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  const seal = async () => {
    await rm(join(folder, 'SHA256SUMS'), { force: true });
    const sums = await sumsOf(folder);
    await put('SHA256SUMS', sums);
    return createHash('sha256').update(sums).digest('hex');
  };
  await copyFile(installer, join(folder, 'install.sh'));
  await put('quintet/bin/quintet.js', 'good\n');
  await put('about.txt', aboutBundle(facts, 3));
  const install = (...argv: string[]) => run(['sh', join(folder, 'install.sh'), ...argv]);
  return { folder, put, seal, install, digest: await seal() };
};

/** It got past the checks of the files. */
const isBelieved = (stderr: string): boolean => /this bundle is for Nowhere none/.test(stderr);

test('with the digest that was shown, or enough of it as people write it, the bundle is believed', async (t) => {
  const { install, digest } = await written(t);
  const typed = digest
    .slice(0, 20)
    .toUpperCase()
    .replaceAll(/(.{4})/g, '$1 ');
  for (const words of [digest, digest.slice(0, 16), typed]) {
    const ran = await install('--digest', words);
    t.true(isBelieved(ran.stderr), ran.stderr);
  }
});

test('a file that was changed together with its sum is noticed', async (t) => {
  const { put, seal, install, digest } = await written(t);
  await put('quintet/bin/quintet.js', 'evil\n');
  await seal();
  const ran = await install('--digest', digest);
  t.is(ran.exitCode, 3);
  t.regex(ran.stderr, /not the bundle that has that digest[\s\S]*somebody changed this folder/);
});

test('nothing is installed for whoever can’t say the digest', async (t) => {
  const { install, digest } = await written(t);
  for (const argv of [
    [],
    ['--digest', ''],
    ['--digest', digest.slice(0, 15)],
    ['--digest', `${digest.slice(0, 15)}*`],
  ]) {
    const ran = await install(...argv);
    t.is(ran.exitCode, 2, ran.stderr);
    t.false(isBelieved(ran.stderr), argv.join(' '));
  }
});

test('a person is asked for it, and told why', async (t) => {
  const { folder, digest } = await written(t);
  const typing = (text: string) =>
    run(['script', '--quiet', '--command', `sh '${folder}/install.sh'`, '/dev/null'], { input: `${text}\n` });
  const right = await typing(digest.slice(0, 16));
  t.regex(right.stdout, /some other way than with this folder/);
  t.true(isBelieved(right.stdout), right.stdout);
  t.regex((await typing('0'.repeat(64))).stdout, /not the bundle that has that digest/);
});

test('a file that was added, which nobody would load but whoever looks for it first, is noticed', async (t) => {
  // A library in a nearer node_modules went before the bundle's own; it was copied with all the rest.
  const { put, install, digest } = await written(t);
  await put('quintet/bin/node_modules/yaml/index.js', 'evil\n');
  const ran = await install('--digest', digest);
  t.is(ran.exitCode, 3);
  t.regex(ran.stderr, /no part of this bundle:\n {2}quintet\/bin\/node_modules\/yaml\/index\.js/);
});

test('an installer that was told nothing by hand still says what --check can’t tell', async (t) => {
  const { install, folder } = await written(t);
  const ran = await install('--check');
  t.is(ran.exitCode, 0, ran.stderr);
  t.regex(ran.stderr, /--digest tells/);
  t.is(await readFile(join(folder, 'quintet/bin/quintet.js'), 'utf8'), 'good\n');
});
