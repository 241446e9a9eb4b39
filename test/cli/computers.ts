import type { ContainerState } from '../../src/cli/doctor/container-facts.js';
import type { ComputerState } from '../../src/cli/doctor/facts.js';
import type { Finding } from '../../src/cli/doctor/finding.js';
import { findings } from '../../src/cli/doctor/rules.js';
import type { VagrantState, VirtualboxState } from '../../src/cli/doctor/vagrant-facts.js';
import type { LabChoices } from '../../src/model/lab.js';
import type { Plan } from '../../src/model/plan.js';
import { planOf } from '../../src/plan/plan.js';
import { labSchema } from '../../src/roles/lab-schema.js';

export const planWith = (choices: LabChoices): Plan => planOf(labSchema.parse(choices));
export const containers = planWith({});
export const boxes = planWith({ provider: 'virtualbox' });
export const domains = planWith({ provider: 'libvirt' });

export const answer = (text: string, exitCode = 0) => ({ text, exitCode });

export const roomForContainers: ContainerState = {
  freeDiskMb: 50_000,
  hasBase: true,
  missingPackages: [],
  cgroups: 'v2',
  overlay: true,
  home: '/var/lib/quintet',
  apart: { noUserNamespaces: undefined, boundsProcesses: true, noImages: undefined },
  labIds: [],
  goneLabs: [],
};

/** A Linux computer on which containers can be made. */
export const fine: ComputerState = {
  platform: 'linux',
  virtualbox: false,
  vagrant: false,
  nodeVersion: '20.17.0',
  root: true,
  kernel: '6.1.0',
  cores: 4,
  memoryMb: 16_000,
  freeMemoryMb: 12_000,
  freeLabDiskMb: 50_000,
  nowMs: Date.UTC(2026, 10, 22),
  processor: { architecture: 'amd64', virtualization: true, kvmDevice: true },
  containers: roomForContainers,
};

const virtualbox: VirtualboxState = { hostOnly: [], dhcpServers: [], machines: [], inaccessible: [] };

const usual: VagrantState = {
  vagrant: answer('Vagrant 2.4.9\n'),
  hypervisor: answer('7.1.4r165100\n'),
  ssh: true,
  bsdtar: true,
  home: '/home/ada/.vagrant.d',
  networks: [{ cidr: '192.168.1.0/24', by: 'eth0', kind: 'card', address: '192.168.1.7' }],
  boxes: [{ provider: 'virtualbox', version: '202510.26.0', architecture: 'amd64' }],
  freeBoxDiskMb: 50_000,
  freeMachineDiskMb: 50_000,
  machineFolder: '/home/ada/VirtualBox VMs',
  virtualbox,
};

/** One that has all that VirtualBox machines need. */
export const withBoxes = (
  changes: Partial<VagrantState> = {},
  boxChanges: Partial<VirtualboxState> = {},
): ComputerState => ({
  ...fine,
  containers: undefined,
  virtualbox: true,
  vagrant: true,
  vagrantState: { ...usual, virtualbox: { ...virtualbox, ...boxChanges }, ...changes },
});

/** A libvirt that has all it needs. */
export const libvirtState = {
  connection: answer('\n'),
  plugin: true,
  dnsmasq: answer('Dnsmasq version 2.90'),
  qemuImg: answer('qemu-img version 7.2.19'),
} as const;

/** The same for libvirt. */
export const withDomains = (changes: Partial<VagrantState> = {}): ComputerState => ({
  ...fine,
  containers: undefined,
  vagrant: true,
  vagrantState: {
    ...usual,
    hypervisor: answer('9.0.0\n'),
    boxes: [{ provider: 'libvirt', version: '1', architecture: 'amd64' }],
    machineFolder: '/var/lib/libvirt/images',
    virtualbox: undefined,
    libvirt: libvirtState,
    ...changes,
  },
});

export const complaints = (computer: ComputerState, plan: Plan): Finding[] =>
  findings(computer, plan).filter(({ outcome }) => outcome !== 'good');
