import type { ProviderName } from '../model/lab.js';
import type { LabSite, Provider } from '../providers/provider.js';

interface ProviderRow {
  /** What it is, for people, in a line. */
  readonly words: string;
  readonly load: (site: LabSite) => Promise<Provider>;
}

/** Every provider that a lab can name. */
export const providerTable: Readonly<Record<ProviderName, ProviderRow>> = {
  container: {
    words: 'containers with their own systemd; Linux, as root, no virtual machines needed',
    load: async (site) => {
      const { containerProvider } = await import('../providers/container/container.js');
      await (await import('../providers/container/tighten.js')).requireHomeOf(site);
      return containerProvider(site);
    },
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

export const providerOf = (site: LabSite): Promise<Provider> => providerTable[site.plan.provider].load(site);
