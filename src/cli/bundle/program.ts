import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureDir, exists, fileError, writeFileAtomic } from '../../host/files.js';
import { ComputerError } from '../../model/errors.js';
import { ownFolder } from '../shipped.js';
import { copyNode, nodeProgram } from './node-binary.js';
import { bytesOf } from './sums.js';

/** Starts Quintet with the Node.js beside it, whatever link it was called by. */
const launcher = `#!/bin/sh
self=$(readlink -f -- "$0") || exit 3
folder=\${self%/*}
exec "$folder/node/node" "$folder/bin/quintet.js" "$@"
`;
const windowsLauncher = '@"%~dp0node\\node.exe" "%~dp0bin\\quintet.js" %*\r\n';

/** What Quintet is at run time, as package.json tells npm; the libraries are inside dist. */
const ownParts = async (): Promise<string[]> => {
  const text = await readFile(join(ownFolder, 'package.json'), 'utf8');
  const { files } = JSON.parse(text) as { files: readonly string[] };
  if (!(await exists(join(ownFolder, 'dist', 'cli', 'main.js')))) {
    throw new ComputerError('Quintet has not been built, so it can’t be taken along.', {
      hint: `Run this in ${ownFolder}: npm run build`,
    });
  }
  const more = await Promise.all(
    ['LICENSE', 'README.md'].map(async (name) => ((await exists(join(ownFolder, name))) ? [name] : [])),
  );
  return [...files, 'package.json', ...more.flat()];
};

/** How many bytes `copyProgram` will write. */
export const programBytes = async (): Promise<number> => {
  const own = (await ownParts()).map((name) => join(ownFolder, name));
  const sizes = await Promise.all([...own, await nodeProgram()].map(bytesOf));
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
};

/** Copies Quintet and the Node.js that runs it: a folder that starts wherever it lies. */
export const copyProgram = async (to: string): Promise<void> => {
  await ensureDir(to);
  for (const name of await ownParts()) {
    try {
      await cp(join(ownFolder, name), join(to, name), { recursive: true, dereference: true });
    } catch (error) {
      throw fileError('copy', join(ownFolder, name), error);
    }
  }
  await copyNode(join(to, 'node'));
  await writeFileAtomic(join(to, 'quintet'), launcher, 0o755);
  if (process.platform === 'win32') await writeFileAtomic(join(to, 'quintet.cmd'), windowsLauncher);
};
