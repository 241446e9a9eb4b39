import { canStart, type Env } from '../host/program.js';
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

export const providerFacts = async (env: Env, platform = process.platform): Promise<ProviderFacts> => ({
  platform,
  virtualbox: await canStart('VBoxManage', env, platform, virtualboxFolders(env, platform)),
  vagrant: await canStart('vagrant', env, platform),
});
