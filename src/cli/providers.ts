import { ComputerError } from '../model/errors.js';
import type { ProviderName } from '../model/lab.js';
import type { LabSite, Provider } from '../providers/provider.js';

interface ProviderRow {
  /** What it is, for people, in a line. */
  readonly words: string;
  /** Absent where Quintet writes the lab but does not drive its machines. */
  readonly load?: (site: LabSite) => Promise<Provider>;
}

/** Every provider that a lab can name. */
export const providerTable: Readonly<Record<ProviderName, ProviderRow>> = {
  container: {
    words: 'containers with their own systemd; Linux, as root, no virtual machines needed',
    load: async (site) => (await import('../providers/container/container.js')).containerProvider(site),
  },
  virtualbox: {
    words: 'virtual machines in VirtualBox, through Vagrant; Windows, macOS, Linux',
    load: async (site) => (await import('../providers/vagrant/vagrant.js')).vagrantProvider(site),
  },
  libvirt: {
    words: 'virtual machines in KVM, through Vagrant and vagrant-libvirt; Linux',
    load: async (site) => (await import('../providers/vagrant/vagrant.js')).vagrantProvider(site),
  },
};

/** Throws a ComputerError for a provider whose machines Quintet can't drive. */
export const providerOf = async (site: LabSite): Promise<Provider> => {
  const { provider } = site.plan;
  const { load } = providerTable[provider];
  if (load) return load(site);
  throw new ComputerError(`Quintet writes labs for ${provider}, but does not bring them up itself.`, {
    hint: `\`vagrant up\` does, in ${site.folder}; or set provider: container in its lab.yaml.`,
  });
};
