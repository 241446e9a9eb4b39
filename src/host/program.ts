import { posix, win32 } from 'node:path';
import { isExecutable } from './files.js';

export type Env = Readonly<Record<string, string | undefined>>;

/** How a program's file ends on Windows when nothing says otherwise (PATHEXT). */
const usualEndings = '.COM;.EXE;.BAT;.CMD';

const endingsOf = (env: Env, platform: NodeJS.Platform): readonly string[] =>
  platform === 'win32' ? (env.PATHEXT || usualEndings).toLowerCase().split(';').filter(Boolean) : [''];

/** Every path that a program may be started from, on the system that `platform` names. */
export const programPaths = (
  program: string,
  env: Env,
  platform: NodeJS.Platform,
  more: readonly string[] = [],
): readonly string[] => {
  const { delimiter, join, basename } = platform === 'win32' ? win32 : posix;
  const endings = endingsOf(env, platform);
  const named = endings.some((ending) => program.toLowerCase().endsWith(ending)) ? [program] : [];
  const names = [...new Set([...named, ...endings.map((ending) => program + ending)])];
  if (basename(program) !== program) return names;
  const folders = [...(env.PATH ?? env.Path ?? '').split(delimiter).filter(Boolean), ...more];
  return folders.flatMap((folder) => names.map((name) => join(folder, name)));
};

/** Whether a program is there to be started. */
export const canStart = async (
  program: string,
  env: Env,
  platform: NodeJS.Platform,
  more: readonly string[] = [],
  isThere: (path: string) => Promise<boolean> = isExecutable,
): Promise<boolean> => (await Promise.all(programPaths(program, env, platform, more).map(isThere))).includes(true);
