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

/** Why this computer can't run machines of a provider; undefined where it can, as far as is known without starting anything. */
export const hindrance = (
  provider: ProviderName,
  { platform, virtualbox, vagrant }: ProviderFacts,
): string | undefined => {
  if (provider !== 'virtualbox' && platform !== 'linux') return 'it needs Linux';
  if (provider === 'container') return undefined;
  const missing = [provider === 'virtualbox' && !virtualbox ? 'VirtualBox' : '', vagrant ? '' : 'Vagrant'];
  const names = missing.filter(Boolean);
  if (names.length === 0) return undefined;
  return `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} not on this computer`;
};

export const providerFacts = async (env: Env, platform = process.platform): Promise<ProviderFacts> => ({
  platform,
  virtualbox: await canStart('VBoxManage', env, platform, virtualboxFolders(env, platform)),
  vagrant: await canStart('vagrant', env, platform),
});
