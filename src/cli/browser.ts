import { startDetached } from '../host/command.js';
import type { Context } from './context.js';

type Env = Context['env'];

/** The user who calls; a browser is never started as root. */
export interface Caller {
  readonly platform: NodeJS.Platform;
  readonly uid: number | undefined;
}

const remote = ['SSH_CONNECTION', 'SSH_CLIENT', 'SSH_TTY'] as const;

/** A display with the name of a host is another computer's: SSH passes such a one on, and sudo forgets all else of SSH. */
const hasScreen = ({ WAYLAND_DISPLAY: wayland, DISPLAY: x }: Env): boolean => Boolean(wayland) || /^[:/]/.test(x ?? '');

/** What the person behind sudo needs to reach their own session. */
const sessionOf = (env: Env, uid: string): string[] => [
  ...['DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY'].flatMap((name) => (env[name] ? [`${name}=${env[name]}`] : [])),
  `XDG_RUNTIME_DIR=/run/user/${uid}`,
  `DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/${uid}/bus`,
];

/** The command that shows an address in a browser; undefined where there is no screen that somebody sits before. */
export const browserCommand = (url: string, env: Env, { platform, uid }: Caller): readonly string[] | undefined => {
  if (remote.some((name) => env[name])) return undefined;
  if (platform === 'darwin') return ['open', url];
  // No shell reads the address there.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url];
  if (!hasScreen(env)) return undefined;
  if (uid !== 0) return ['xdg-open', url];
  const { SUDO_USER: user, SUDO_UID: id } = env;
  if (!user || !id || id === '0') return undefined;
  return ['runuser', '-u', user, '--', 'env', ...sessionOf(env, id), 'xdg-open', url];
};

/** Shows an address in the caller's browser, if there is one. Nothing waits for it, and nothing hangs on it. */
export const openBrowser = (url: string, { env, interactive }: Pick<Context, 'env' | 'interactive'>): boolean => {
  const caller = { platform: process.platform, uid: process.getuid?.() };
  const argv = interactive ? browserCommand(url, env, caller) : undefined;
  if (argv === undefined) return false;
  try {
    // In the user's own language.
    startDetached(argv, { env: { LANG: env.LANG ?? '', LC_ALL: env.LC_ALL ?? '' } });
    return true;
  } catch {
    return false;
  }
};
