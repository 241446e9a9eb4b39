import { chmod, copyFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '../../host/command.js';
import { ensureDir, exists, fileError, writeFileAtomic } from '../../host/files.js';
import { ComputerError } from '../../model/errors.js';

/** What every Debian and Ubuntu has: apt itself needs them. */
const everywhere = /^(ld-linux|libc|libdl|libgcc_s|libm|libpthread|librt|libstdc\+\+|linux-vdso)(?=[.-])/;

/** The libraries that `ldd` says a program is linked to and that a plain system may lack. */
export const rareLibraries = (ldd: string): string[] =>
  [...ldd.matchAll(/^\s*(\S+) => (\/\S+)/gm)].flatMap(([, name = '', path = '']) =>
    everywhere.test(name) ? [] : [path],
  );

const unfit = (why: string): ComputerError =>
  new ComputerError(`This Node.js (${process.execPath}) can't be taken along: ${why}.`, {
    hint: 'Run quintet bundle with a Node.js from https://nodejs.org, which has everything inside.',
  });

const packageOf = async (library: string): Promise<string> => {
  for (const path of [library, await realpath(library)]) {
    // Where /lib is a link to /usr/lib, dpkg knows a file by one of the two names.
    for (const known of [path, path.replace(/^\/usr\/lib\//, '/lib/'), path.replace(/^\/lib\//, '/usr/lib/')]) {
      const { exitCode, stdout } = await run(['dpkg-query', '--search', known]);
      const name = /^([^:,\s]+)/.exec(stdout)?.[1];
      if (exitCode === 0 && name !== undefined) return name;
    }
  }
  throw unfit(`it is linked to ${library}, which is in no package`);
};

/** The packages with what this Node.js is linked to, beside what every system has; none for one from nodejs.org. */
export const nodePackages = async (): Promise<string[]> => {
  if (process.platform === 'linux') {
    const { exitCode, stdout } = await run(['ldd', process.execPath]).catch(() => ({ exitCode: 1, stdout: '' }));
    if (exitCode !== 0) return [];
    return [...new Set(await Promise.all(rareLibraries(stdout).map(packageOf)))];
  }
  const variables = process.config.variables as unknown as Readonly<Record<string, unknown>>;
  const shared = Object.keys(variables).find((name) => /^node_shared/.test(name) && variables[name] === true);
  if (shared !== undefined) throw unfit(`it was built with libraries of this computer (${shared})`);
  return [];
};

/** Throws unless this Node.js runs also where no packages are installed for it. */
export const requireOwnLibraries = async (): Promise<void> => {
  const packages = await nodePackages();
  if (packages.length > 0) throw unfit(`it needs packages of this computer (${packages.join(', ')})`);
};

const licences = ['LICENSE', '../LICENSE', '../share/doc/nodejs/LICENSE', '../share/doc/nodejs/copyright'];

const licencePath = async (program: string): Promise<string | undefined> => {
  for (const name of [...licences, '../share/doc/node/LICENSE']) {
    const path = join(dirname(program), name);
    if (await exists(path)) return path;
  }
  return undefined;
};

/** For a Node.js that came without its licence: its own part, and where the rest stands. */
const ownLicence = `Node.js ${process.version} is licensed for use as follows (the licences of the libraries inside it stand at
https://github.com/nodejs/node/blob/${process.version}/LICENSE):

Copyright Node.js contributors. All rights reserved.

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software
is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES
OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE
LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR
IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`;

/** The program itself, where a link or a wrapper led to it. */
export const nodeProgram = (): Promise<string> => realpath(process.execPath);

/** Copies the Node.js that runs this, with its licence. */
export const copyNode = async (to: string): Promise<void> => {
  const program = await nodeProgram();
  await ensureDir(to);
  const target = join(to, process.platform === 'win32' ? 'node.exe' : 'node');
  try {
    await copyFile(program, target);
    await chmod(target, 0o755);
    const licence = await licencePath(program);
    if (licence === undefined) await writeFileAtomic(join(to, 'LICENSE'), ownLicence);
    else await copyFile(licence, join(to, 'LICENSE'));
  } catch (error) {
    throw fileError('copy', program, error);
  }
};
