import { existsSync, readFileSync } from 'node:fs';
import type { Pace } from '../../model/pace.js';
import type { Hypervisor } from './hypervisors/hypervisor.js';

/** Of a machine whose processor is emulated. */
export const emulationPace: Pace = 6;

export const emulationWords =
  'This computer has no hardware virtualisation for QEMU (KVM): its machines are emulated, many times slower.';

/**
 * Whether QEMU must emulate the processor. A device called /dev/kvm says little on x86: without the processor's own support
 * (Intel's vmx, AMD's svm) it starts no ordinary machine. The lab's Vagrantfile decides by the same rule.
 */
export const mustEmulate = (cpuinfo: string, hasKvm: boolean): boolean =>
  !hasKvm || (/^vendor_id/m.test(cpuinfo) && !/\b(vmx|svm)\b/.test(cpuinfo));

const readCpuinfo = (): string => {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
};

export const isEmulated = (provider: Hypervisor['provider']): boolean =>
  provider === 'libvirt' && process.platform === 'linux' && mustEmulate(readCpuinfo(), existsSync('/dev/kvm'));
