import type { Hypervisor } from './hypervisor.js';
import { libvirt } from './libvirt.js';
import { virtualbox } from './virtualbox.js';

const hypervisors = { virtualbox, libvirt };

export const hypervisorOf = (provider: string): Hypervisor => {
  if (provider === 'virtualbox' || provider === 'libvirt') return hypervisors[provider];
  throw new Error(`${provider} is not run by Vagrant`);
};
