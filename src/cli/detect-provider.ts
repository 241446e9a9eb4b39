import { posix, win32 } from 'node:path';
import { isExecutable } from '../host/files.js';
import type { ProviderName } from '../model/lab.js';
import { virtualboxFolders } from '../providers/vagrant/vboxmanage.js';

/** What can be found out about this computer without starting anything. */
export interface ProviderFacts {
  readonly platform: NodeJS.Platform;
  readonly virtualbox: boolean;
  readonly vagrant: boolean;
}

/** VirtualBox where it is found with Vagrant, or where nothing else can be; else containers. */
export const preferredProvider = ({ platform, virtualbox, vagrant }: ProviderFacts): ProviderName =>
  (virtualbox && vagrant) || platform !== 'linux' ? 'virtualbox' : 'container';

/** Why, for people. */
export const detectionWords = (facts: ProviderFacts): string => {
  const { platform, virtualbox, vagrant } = facts;
  if (virtualbox && vagrant) return 'VirtualBox and Vagrant are on this computer';
  if (platform !== 'linux') {
    const missing = [virtualbox ? '' : 'VirtualBox', vagrant ? '' : 'Vagrant'].filter(Boolean).join(' and ');
    return `${missing} must still be installed; containers need Linux`;
  }
  if (virtualbox) return 'VirtualBox is there, but Vagrant is not';
  return 'VirtualBox is not on this computer';
};

type Env = Readonly<Record<string, string | undefined>>;

export const providerFacts = async (env: Env, platform = process.platform): Promise<ProviderFacts> => ({
  platform,
  virtualbox: await canStart('VBoxManage', env, platform, virtualboxFolders(env, platform)),
  vagrant: await canStart('vagrant', env, platform),
});

/** Every path that a program may be started from, on the system that `platform` names. */
export const programPaths = (
  program: string,
  env: Env,
  platform: NodeJS.Platform,
  more: readonly string[] = [],
): readonly string[] => {
  const { delimiter, join } = platform === 'win32' ? win32 : posix;
  const endings = platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  const folders = [...(env.PATH ?? env.Path ?? '').split(delimiter).filter(Boolean), ...more];
  return folders.flatMap((folder) => endings.map((ending) => join(folder, program + ending)));
};

const canStart = async (...[program, env, platform, more]: Parameters<typeof programPaths>): Promise<boolean> =>
  (await Promise.all(programPaths(program, env, platform, more).map(isExecutable))).includes(true);
