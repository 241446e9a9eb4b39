import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { execa } from 'execa';
import { newLab } from './new-lab.js';
import { executable, plainEnvironment, type Ran } from './quintet.js';
import { temporaryFolder } from './temporary.js';

/** A lab of a student's, in which root runs Quintet. */

export const student = 65_534;
export const secret = 'root:$y$nobody-else-may-read-this';

export const quintet = async (cwd: string, argv: readonly string[], env: Record<string, string> = {}): Promise<Ran> => {
  const started = performance.now();
  const result = await execa(process.execPath, [executable, ...argv], {
    cwd,
    reject: false,
    stdin: 'ignore',
    env: { ...plainEnvironment, ...env },
    timeout: 60_000,
  });
  if (performance.now() - started > 50_000) throw new Error(`quintet ${argv.join(' ')} hangs`);
  return { exitCode: result.exitCode ?? 128, stdout: result.stdout, stderr: result.stderr };
};

export const give = async (folder: string, uid = student): Promise<void> => {
  await execa('chown', ['-R', '-h', `${uid}:${uid}`, folder]);
};

export interface Scene {
  readonly room: string;
  readonly lab: string;
  /** A folder of root's, with a file that only root may read. */
  readonly victim: string;
  readonly shadow: string;
  /** Runs Quintet as root in the student's lab. */
  readonly asRoot: (...argv: string[]) => Promise<Ran>;
}

export const scene = async (t: ExecutionContext, provider = 'container'): Promise<Scene> => {
  const room = await temporaryFolder(t);
  await chmod(room, 0o755);
  const [lab, victim] = [join(room, 'lab'), join(room, 'victim')];
  await newLab(lab, `provider=${provider}`);
  await mkdir(victim);
  const shadow = join(victim, 'shadow');
  await writeFile(shadow, `${secret}\n`, { mode: 0o600 });
  await give(lab);
  return { room, lab, victim, shadow, asRoot: (...argv) => quintet(lab, argv) };
};
