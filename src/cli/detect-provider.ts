import { delimiter, join } from 'node:path';
import { isExecutable } from '../host/files.js';
import type { ProviderName } from '../model/lab.js';

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
  virtualbox: await isOnPath('VBoxManage', env, platform, boxFolders(env)),
  vagrant: await isOnPath('vagrant', env, platform),
});

/** On Windows VirtualBox's installer does not touch the PATH. */
const boxFolders = (env: Env): string[] =>
  [env.VBOX_MSI_INSTALL_PATH, env.ProgramFiles && join(env.ProgramFiles, 'Oracle', 'VirtualBox')].filter(
    (folder) => folder !== undefined && folder !== '',
  ) as string[];

const isOnPath = async (
  program: string,
  env: Env,
  platform: NodeJS.Platform,
  more: readonly string[] = [],
): Promise<boolean> => {
  const endings = platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  const folders = [...(env.PATH ?? env.Path ?? '').split(delimiter).filter(Boolean), ...more];
  const paths = folders.flatMap((folder) => endings.map((ending) => join(folder, program + ending)));
  return (await Promise.all(paths.map(isExecutable))).includes(true);
};
