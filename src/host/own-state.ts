import { homedir } from 'node:os';
import path, { isAbsolute, type PlatformPath } from 'node:path';
import { isRoot } from './caller.js';
import { usualHome } from './home.js';

type Env = Readonly<Record<string, string | undefined>>;

/** What it depends on where Quintet keeps what it must not read from a lab folder. */
interface Place {
  readonly root: boolean;
  readonly platform: NodeJS.Platform;
  readonly env: Env;
  readonly home: string;
}

/** Such a folder is the caller's own, and no lab's: of root, or of each user where the system wants such things. */
export const stateFolderOf = (
  { root, platform, env, home }: Place,
  { join }: Pick<PlatformPath, 'join'> = path,
): string => {
  if (root) return usualHome;
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'Quintet');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Quintet');
  const chosen = env.XDG_STATE_HOME;
  return join(chosen !== undefined && isAbsolute(chosen) ? chosen : join(home, '.local', 'state'), 'quintet');
};

export const stateFolder = (): string =>
  stateFolderOf({ root: isRoot(), platform: process.platform, env: process.env, home: homedir() });
