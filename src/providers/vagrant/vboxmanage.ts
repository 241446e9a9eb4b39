import { win32 } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** Where VirtualBox may lie on Windows, whose PATH its installer does not touch; the places where Vagrant looks too. */
export const virtualboxFolders = (env: Env, platform: NodeJS.Platform): readonly string[] => {
  if (platform !== 'win32') return [];
  const installed = [env.VBOX_INSTALL_PATH, env.VBOX_MSI_INSTALL_PATH].flatMap((paths) => paths?.split(';') ?? []);
  const programs = [env.ProgramFiles, `${env.SystemDrive ?? 'C:'}\\Program Files`].filter((path) => path !== undefined);
  const usual = programs.map((path) => win32.join(path, 'Oracle', 'VirtualBox'));
  return [...new Set([...installed, ...usual])].filter((path) => path !== '');
};

/** What starts VBoxManage: found on the PATH, and on Windows where it was installed. */
export const vboxManageProgram = (env: Env, platform: NodeJS.Platform, isThere: (path: string) => boolean): string => {
  const paths = virtualboxFolders(env, platform).map((folder) => win32.join(folder, 'VBoxManage.exe'));
  return paths.find(isThere) ?? 'VBoxManage';
};
