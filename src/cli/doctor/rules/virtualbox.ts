import { isBefore, lacksKernelModule, versionIn } from '../../../providers/vagrant/versions.js';
import type { ComputerState } from '../facts.js';
import { bad, type Finding, good, type Rule, warn } from '../finding.js';
import { about } from './vagrant.js';

const downloads = 'https://www.virtualbox.org/wiki/Downloads';

/** The word that is its version, with whoever made it: `7.1.4_Ubuntur165100`. */
const wholeVersion = (text: string): string => /^\d+\.\d+\S*/m.exec(text)?.[0] ?? '';

/** Quintet's own test equipment in VirtualBox's place makes containers, so that the processor does not matter. */
const isStandIn = (text: string): boolean => /StandIn/.test(wholeVersion(text));

const isThere = about(({ hypervisor }, { virtualbox }) => {
  if (hypervisor === 'missing')
    return virtualbox
      ? bad('virtualbox', "VirtualBox is there but can't be started", 'VBoxManage --version tells why')
      : bad('virtualbox', 'VirtualBox is not installed', `install it: ${downloads}`);
  if (hypervisor === 'late')
    return warn('virtualbox', 'VirtualBox does not answer within 5 s', 'VBoxManage --version tells why');
  const { text } = hypervisor;
  if (isStandIn(text)) return good('virtualbox', `a stand-in for VirtualBox, for tests: ${wholeVersion(text)}`);
  if (wholeVersion(text) !== '') return good('virtualbox', `VirtualBox ${wholeVersion(text)}`);
  return lacksKernelModule(text)
    ? []
    : bad('virtualbox', `VirtualBox does not work: ${text.trim().split('\n')[0]}`, `install it anew: ${downloads}`);
});

const moduleMend = (text: string, { platform, processor, kernel }: ComputerState): string => {
  if (platform !== 'linux') return 'allow it in the system settings, then restart';
  // The packages of Debian and Ubuntu name their own way.
  const build = /virtualbox-dkms/.test(text)
    ? `sudo apt-get install --yes linux-headers-${kernel} virtualbox-dkms && sudo modprobe vboxdrv`
    : 'sudo /sbin/vboxconfig';
  return processor.secureBoot
    ? `${build}; Secure Boot is on, so it must be signed with a key that mokutil knows`
    : build;
};

const kernelModule = about(({ hypervisor }, computer) => {
  if (typeof hypervisor !== 'object' || !lacksKernelModule(hypervisor.text)) return [];
  const why = "VirtualBox's kernel module is not loaded: no machine can start";
  return bad('module', why, moduleMend(hypervisor.text, computer));
});

/** What VirtualBox runs on: its version as numbers, and neither stand-in nor nothing. */
const real = (rule: (version: readonly number[], computer: ComputerState) => readonly Finding[]): Rule =>
  about(({ hypervisor }, computer) => {
    if (typeof hypervisor !== 'object' || isStandIn(hypervisor.text)) return [];
    const version = versionIn(hypervisor.text);
    return version ? rule(version, computer) : [];
  });

/** Since when VirtualBox runs on ARM. */
const onArm: Readonly<Partial<Record<NodeJS.Platform, readonly [since: readonly number[], computer: string]>>> = {
  darwin: [[7, 1], 'Apple silicon'],
  win32: [[7, 2], 'Windows on ARM'],
};

const architecture = real((version, { platform, processor }) => {
  const [since, computer] = onArm[platform] ?? [];
  if (processor.architecture !== 'arm64' || !since || !isBefore(version, since)) return [];
  const why = `${computer} needs VirtualBox ${since.join('.')} or newer, not ${version.join('.')}`;
  return bad('processor', why, `install the current VirtualBox: ${downloads}`);
});

const virtualization = real((_version, { processor }) =>
  processor.virtualization === false
    ? bad(
        'processor',
        'the processor offers no hardware virtualisation, which VirtualBox needs',
        "switch on VT-x or AMD-V (SVM) in this computer's firmware settings; inside a virtual machine, allow nested virtualisation",
      )
    : [],
);

/** Linux 6.12 lets KVM take the processor when it is loaded; VirtualBox 7.2.10 goes through KVM and counts on that. */
const kvm = real((version, { platform, kernel, processor }) => {
  const { kvm: module, kvmBuiltIn = false, kvmTakesAll = true, kvmInUse } = processor;
  if (platform !== 'linux' || module === undefined) return [];
  const box = version.join('.');
  const free = `sudo modprobe -r ${module} kvm`;
  if (isBefore(versionIn(kernel) ?? [0], [6, 12])) {
    if (!kvmInUse) return [];
    const mend = kvmBuiltIn ? 'stop it (KVM is a part of this kernel)' : `stop it, then ${free}`;
    return warn('kvm', "a machine of KVM runs, and VirtualBox can't start machines beside it", mend);
  }
  if (isBefore(version, [7, 2, 10])) {
    if (!kvmTakesAll && !kvmInUse) return [];
    const lasting = "kvm.enable_virt_at_load=0 on the kernel's command line, or VirtualBox 7.2.10";
    return kvmBuiltIn
      ? bad(
          'kvm',
          `KVM is a part of this kernel and keeps VirtualBox ${box} from starting machines`,
          `${lasting}; then restart`,
        )
      : bad(
          'kvm',
          `since Linux 6.12 the module ${module} keeps VirtualBox ${box} from starting machines`,
          `${free} (until restart), or for good ${lasting}`,
        );
  }
  if (kvmTakesAll) return [];
  const why = `VirtualBox ${box} needs KVM to switch the processor on, which kvm.enable_virt_at_load=0 forbids`;
  return bad('kvm', why, `take kvm.enable_virt_at_load=0 off the kernel's command line, then restart`);
});

const hyperV = real((_version, { platform, processor }) =>
  platform === 'win32' && processor.hyperV
    ? warn(
        'hyper-v',
        "Windows' own hypervisor runs (Hyper-V, WSL 2 or memory integrity): machines are slow, and timings may not hold",
        'as administrator: bcdedit /set hypervisorlaunchtype off, and switch off memory integrity; then restart (WSL 2 and Docker rest until: … auto)',
      )
    : [],
);

export const virtualboxRules: readonly Rule[] = [isThere, kernelModule, architecture, virtualization, kvm, hyperV];
