import type { VagrantFailure } from './machine-readable.js';

interface Hint {
  /** Found in the name of Vagrant's error or in its words. */
  readonly when: RegExp;
  /** May be made of what was found. */
  readonly hint: string | ((found: RegExpExecArray) => string);
}

/** What to do about failures that are no news. The first that fits is told. */
const hints: readonly Hint[] = [
  {
    when: /MachineActionLockedError|MachineLocked/,
    hint: 'Another vagrant command works on this machine. Wait until it has finished, then run quintet up again.',
  },
  {
    when: /VERR_VMX_IN_VMX_ROOT_MODE|VERR_SVM_IN_USE|VT-x is being used by another hypervisor/,
    hint: 'KVM or another hypervisor holds the processor. On Linux: sudo modprobe -r kvm_intel kvm_amd kvm (until restart); quintet doctor tells more.',
  },
  {
    // From VirtualBox 7.2.10 on, which goes through KVM.
    when: /VERR_SVM_HOST_SVME_NOT_ENABLED/,
    hint: "KVM must switch the processor on for VirtualBox: take kvm.enable_virt_at_load=0 off the kernel's command line, then restart.",
  },
  {
    when: /VERR_VMX_NO_VMX|VERR_SVM_DISABLED|VT-x is disabled|VT-x is not available|AMD-V is disabled/i,
    hint: 'Switch on hardware virtualisation (VT-x or AMD-V) in the firmware settings of this computer.',
  },
  {
    when: /VirtualBoxInvalidHostSubnet|E_ACCESSDENIED/,
    hint: 'VirtualBox allows 192.168.56.0/21 only. Choose a subnet in it in lab.yaml, or allow yours in /etc/vbox/networks.conf, and keep 192.168.56.0/21 in it: the file says all that is allowed.',
  },
  {
    when: /NetworkCollision|NetworkAddressInvalid/,
    hint: "The lab's subnet is used by another network of this computer. Choose another one in lab.yaml: network.subnet.",
  },
  {
    when: /vboxdrv|vboxnetctl|VirtualBoxKernelModuleNotLoaded|kernel modules? (is|are) not loaded/i,
    hint: "VirtualBox's kernel module is not loaded: quintet doctor tells more. On Linux usually: sudo /sbin/vboxconfig",
  },
  {
    when: /VMBootTimeout|SSHNotReady|SSHConnectionTimeout|Timed out while waiting for the machine to boot/,
    hint: 'It runs but never answered over SSH. quintet up tries again; with a window: VBoxManage controlvm or the VirtualBox application shows its screen.',
  },
  {
    when: /ForwardPortCollision|ForwardPortAutolistEmpty|ForwardPortAdapterNotFound/,
    hint: 'The ports that Vagrant forwards SSH to (2222, 2200 to 2250) are taken on this computer. End what holds them.',
  },
  {
    when: /BoxChecksumMismatch|BoxChecksumInvalidType/,
    hint: 'The box is not the one that lab.yaml means, or was damaged on its way: check box.url and box.sha256 there.',
  },
  {
    // Of VirtualBox (7.1 and later), which runs machines of the computer's own kind alone.
    when: /platform architecture (\S+) is not supported on (\S+)/,
    hint: ([, box, computer]) =>
      `The box is made for ${box}, and this computer is ${computer}: name a box for ${computer} in lab.yaml (box), then quintet destroy and quintet up.`,
  },
  {
    when: /PLATFORM_ARCH_NOT_SUPPORTED|BoxAddNoMatchingArchitecture|BoxAddNoArchitectureSupport/,
    hint: `The box is made for another kind of processor, and this computer is ${process.arch}: name one for it in lab.yaml (box).`,
  },
  {
    when: /executable 'bsdtar' Vagrant is trying to run was not/,
    hint: 'Vagrant unpacks boxes with bsdtar. On Debian and Ubuntu: sudo apt-get install --yes libarchive-tools',
  },
  {
    when: /BoxAddShortNotFound|BoxNotFound|BoxAddNoMatchingProvider|BoxAddNoMatchingVersion|DownloaderError|RestClientError/,
    hint: "The box can't be had. Give lab.yaml a box file (box.url), or connect to the network and try again.",
  },
  {
    when: /Appliance import failed[\s\S]*\(0x80070057\)/,
    hint: 'VirtualBox imports one box at a time. Wait until the other import has ended, then run quintet up again.',
  },
  {
    when: /is already locked for a session/,
    hint: 'VirtualBox is at work on this machine: close its window there, or wait a moment, then run quintet up again.',
  },
  {
    when: /Failed to create the host-only adapter|Failed to open\/create the internal network|VERR_INTNET_FLT_IF_NOT_FOUND/,
    hint: "VirtualBox's host-only network does not work. On Windows: switch its adapter off and on again (Network Connections), or run VirtualBox's installer again; else restart this computer.",
  },
  {
    when: /No space left on device|VERR_DISK_FULL|ENOSPC|BoxAddDiskFull/i,
    hint: 'The disk is full. Free some space, then run quintet up again.',
  },
  {
    when: /NS_ERROR_OUT_OF_MEMORY|VERR_NO_MEMORY|Cannot allocate memory/i,
    hint: 'This computer has no memory left for the machine. Close programs, or give the machines less memory in lab.yaml.',
  },
  {
    when: /VagrantVersionBad|Vagrantfile.*(Syntax|Load)Error|VagrantfileLoadError/,
    hint: 'quintet generate writes the Vagrantfile again from lab.yaml.',
  },
];

export const hintFor = ({ name, words }: VagrantFailure): string | undefined => {
  for (const { when, hint } of hints) {
    const found = when.exec(name) ?? when.exec(words);
    if (found) return typeof hint === 'string' ? hint : hint(found);
  }
  return undefined;
};
