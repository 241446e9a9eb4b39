import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import test from 'ava';
import { must, run } from '../../src/host/command.js';
import { temporaryFolder } from '../rig/temporary.js';

/** What `npm pack` makes, installed where there is no clone. */
test('the package installs by npm alone, and brings the command, its labs, guides and docs', async (t) => {
  const folder = await temporaryFolder(t);
  const clone = resolve(import.meta.dirname, '..', '..');
  await must(['npm', 'pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { cwd: clone });
  const [file = ''] = await readdir(folder);
  const prefix = join(folder, 'prefix');
  const install = ['npm', 'install', '--global', '--prefix', prefix, '--no-audit', '--no-fund', join(folder, file)];
  await must(install, { cwd: folder, timeoutMs: 240_000 });
  const home = join(folder, 'home');
  const quintet = async (cwd: string, ...words: string[]) => {
    const ran = await run([join(prefix, 'bin', 'quintet'), ...words], {
      cwd,
      env: { CI: '1', NO_COLOR: '1', HOME: home },
    });
    t.is(ran.exitCode, 0, ran.stdout + ran.stderr);
    return ran.stdout;
  };
  t.regex(await quintet(folder, 'version'), /^\d+\.\d+\.\d+\s*$/);
  t.regex(await quintet(folder, 'labs'), /scale-up/);
  await quintet(folder, 'init', 'lab', '--yes', '--set', 'provider=container');
  t.regex(await quintet(join(folder, 'lab'), 'validate'), /5 machines/);
  t.is(await quintet(join(folder, 'lab'), 'generate', '--dry-run'), '');
  const own = join(prefix, 'lib', 'node_modules', 'quintet');
  for (const path of ['docs/install.md', 'docs/glossary.md', 'labs/scale-up/guide.md', 'LICENSE']) {
    t.true((await stat(join(own, path))).isFile(), path);
  }
});
