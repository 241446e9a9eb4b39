import test from 'ava';
import type { ComputerState } from '../../src/cli/doctor/facts.js';
import { findings } from '../../src/cli/doctor/rules.js';
import type { Plan } from '../../src/model/plan.js';
import { answer, boxes, complaints, domains, libvirtState, planWith, withBoxes, withDomains } from './computers.js';

const usual = withBoxes();

const processor = (changes: Partial<ComputerState['processor']>, more: Partial<ComputerState> = {}) => ({
  ...usual,
  ...more,
  processor: { ...usual.processor, ...changes },
});

const newKernel = (kvm: Partial<ComputerState['processor']>, version: string): ComputerState => ({
  ...withBoxes({ hypervisor: answer(`${version}r1`) }),
  kernel: '6.12.48+deb13-amd64',
  processor: { ...usual.processor, kvm: 'kvm_amd', kvmTakesAll: true, ...kvm },
});

const moduleWarning = `WARNING: The vboxdrv kernel module is not loaded. Either there is no module
         available for the current kernel (6.1.0-13-amd64) or it failed to
         load. Please recompile the kernel module and install it by

           sudo /sbin/vboxconfig

7.1.4r165100
`;
const debianWarning = `WARNING: The character device /dev/vboxdrv does not exist.
\t Please install the virtualbox-dkms package and the appropriate
\t headers, most likely linux-headers-amd64.
7.1.4_Debianr165100
`;

const silicon = (version: string, architecture?: string): ComputerState => ({
  ...withBoxes({
    hypervisor: answer(`${version}r1`),
    boxes: [{ provider: 'virtualbox', version: '1', ...(architecture ? { architecture } : {}) }],
    machineFolder: '/Users/ada/VirtualBox VMs',
  }),
  platform: 'darwin',
  kernel: '24.6.0',
  processor: { architecture: 'arm64' },
});

const windows = (hyperV: boolean): ComputerState => ({
  ...withBoxes({
    hypervisor: answer('7.1.4r165100\r\n'),
    networks: [{ cidr: '192.168.0.0/24', by: 'Wi-Fi', kind: 'card', address: '192.168.0.12' }],
    machineFolder: 'C:\\Users\\Ada Lovelace\\VirtualBox VMs',
  }),
  platform: 'win32',
  kernel: '10.0.26100',
  root: false,
  processor: { architecture: 'amd64', hyperV },
});

type Case = readonly [
  name: string,
  ComputerState,
  what: string,
  outcome: 'bad' | 'warn',
  why: RegExp,
  mend: RegExp,
  plan?: Plan,
];

const cases: readonly Case[] = [
  [
    'no Vagrant',
    { ...withBoxes({ vagrant: 'missing' }), vagrant: false },
    'vagrant',
    'bad',
    /not installed/,
    /developer\.hashicorp\.com/,
  ],
  [
    'Windows without its SSH client',
    { ...windows(false), vagrantState: { ...usual.vagrantState, ssh: false } as ComputerState['vagrantState'] },
    'ssh',
    'bad',
    /no ssh/,
    /OpenSSH\.Client/,
  ],
  ['a Vagrant that hangs', withBoxes({ vagrant: 'late' }), 'vagrant', 'warn', /within 5 s/, /vagrant --version/],
  [
    'a Vagrant too old for the VirtualBox',
    withBoxes({ vagrant: answer('Vagrant 2.4.1') }),
    'versions',
    'bad',
    /takes Vagrant 2\.4\.2/,
    /current Vagrant/,
  ],
  [
    'no VirtualBox',
    { ...withBoxes({ hypervisor: 'missing' }), virtualbox: false },
    'virtualbox',
    'bad',
    /not installed/,
    /virtualbox\.org/,
  ],
  [
    'VirtualBox without its kernel module',
    withBoxes({ hypervisor: answer(moduleWarning) }),
    'module',
    'bad',
    /no machine can start/,
    /^sudo \/sbin\/vboxconfig$/,
  ],
  [
    "Debian's VirtualBox without its kernel module, with Secure Boot",
    {
      ...withBoxes({ hypervisor: answer(debianWarning) }),
      kernel: '6.12.9-amd64',
      processor: { ...usual.processor, secureBoot: true },
    },
    'module',
    'bad',
    /no machine can start/,
    /linux-headers-6\.12\.9-amd64 virtualbox-dkms.*Secure Boot.*mokutil/,
  ],
  ['no hardware virtualisation', processor({ virtualization: false }), 'processor', 'bad', /no hardware/, /firmware/],
  [
    'KVM on a new kernel',
    newKernel({}, '7.2.8'),
    'kvm',
    'bad',
    /Linux 6\.12 .*kvm_amd .*7\.2\.8/,
    /^sudo modprobe -r kvm_amd kvm .*enable_virt_at_load=0/,
  ],
  [
    'KVM held back from a VirtualBox that goes through it',
    newKernel({ kvmTakesAll: false }, '7.2.10'),
    'kvm',
    'bad',
    /7\.2\.10 needs KVM/,
    /take kvm\.enable_virt_at_load=0 off/,
  ],
  [
    'a machine of KVM beside VirtualBox',
    processor({ kvm: 'kvm_intel', kvmInUse: true }),
    'kvm',
    'warn',
    /a machine of KVM runs/,
    /sudo modprobe -r kvm_intel kvm/,
  ],
  [
    'KVM as a part of a new kernel',
    newKernel({ kvmBuiltIn: true }, '7.2.8'),
    'kvm',
    'bad',
    /KVM is a part of this kernel and keeps VirtualBox 7\.2\.8/,
    /^kvm\.enable_virt_at_load=0 on the kernel's command line, or VirtualBox 7\.2\.10; then restart$/,
  ],
  [
    'a machine of KVM that is a part of the kernel',
    processor({ kvm: 'kvm_intel', kvmBuiltIn: true, kvmInUse: true }),
    'kvm',
    'warn',
    /a machine of KVM runs/,
    /^stop it \(KVM is a part of this kernel\)$/,
  ],
  [
    'no bsdtar and no box',
    withBoxes({ bsdtar: false, boxes: [], boxFile: true }),
    'bsdtar',
    'bad',
    /unpacks boxes/,
    /libarchive-tools/,
    planWith({ provider: 'virtualbox', box: { url: './a.box', name: 'a' } }),
  ],
  [
    'a user of Windows whose name is not ASCII',
    {
      ...windows(false),
      vagrantState: {
        ...windows(false).vagrantState,
        home: 'C:\\Users\\Zoë\\.vagrant.d',
      } as ComputerState['vagrantState'],
    },
    'home',
    'warn',
    /C:\\Users\\Zoë\\\.vagrant\.d.*beyond ASCII/,
    /setx VAGRANT_HOME C:\\vagrant/,
  ],
  [
    'a user of macOS whose name is not ASCII',
    { ...withBoxes({ home: '/Users/zoë/.vagrant.d' }), platform: 'darwin' },
    'home',
    'warn',
    /beyond ASCII/,
    /export VAGRANT_HOME=/,
  ],
  [
    'Vagrant inside WSL, kept from Windows',
    { ...usual, kernel: '5.15.167.4-microsoft-standard-WSL2' },
    'wsl',
    'bad',
    /VirtualBox can only be that of Windows/,
    /provider: container .*PowerShell; or export VAGRANT_WSL_ENABLE_WINDOWS_ACCESS=1/,
  ],
  [
    'Vagrant inside WSL that drives the VirtualBox of Windows',
    { ...usual, kernel: '5.15.167.4-microsoft-standard-WSL2', wslAccess: true },
    'wsl',
    'warn',
    /may not be reached/,
    /provider: container /,
  ],
  [
    'Apple silicon with an old VirtualBox',
    silicon('7.0.20', 'arm64'),
    'processor',
    'bad',
    /Apple silicon needs VirtualBox 7\.1/,
    /virtualbox\.org/,
  ],
  [
    'Apple silicon with an Intel box',
    silicon('7.1.4', 'amd64'),
    'box',
    'warn',
    /for amd64 only, and this computer is arm64/,
    /vagrant box add/,
  ],
  ['Hyper-V', windows(true), 'hyper-v', 'warn', /memory integrity/, /bcdedit \/set hypervisorlaunchtype off/],
  [
    'no box',
    withBoxes({ boxes: [] }),
    'box',
    'warn',
    /bento\/debian-13 is not there.*15 March 2027/,
    /vagrant box add --provider virtualbox bento\/debian-13/,
  ],
  [
    'no box after the registry has closed',
    { ...withBoxes({ boxes: [] }), nowMs: Date.UTC(2027, 2, 16, 12) },
    'box',
    'bad',
    /closed on 15 March 2027/,
    /box\.url/,
  ],
  [
    'a box of the other provider',
    withBoxes({ boxes: [{ provider: 'libvirt', version: '1' }] }),
    'box',
    'warn',
    /is not there yet/,
    /box add/,
  ],
  [
    'a box file that is gone',
    withBoxes({ boxes: [], boxFile: false }),
    'box',
    'bad',
    /file usb stick\/lab\.box is not there/,
    /box\.url/,
    planWith({ provider: 'virtualbox', box: { url: 'usb stick/lab.box' } }),
  ],
  [
    'a disk that is nearly full',
    withBoxes({ freeMachineDiskMb: 6000 }),
    'disks',
    'warn',
    /5\.9 GiB.*8\.3 GiB \(an estimate\)/,
    /free/,
  ],
  ['a full disk', withBoxes({ freeMachineDiskMb: 2000 }), 'disks', 'bad', /2\.0 GiB/, /free/],
  [
    'libvirt that is not there',
    withDomains({ hypervisor: 'missing' }),
    'libvirt',
    'bad',
    /not installed/,
    /apt-get install/,
    domains,
  ],
  [
    'libvirtd that does not run',
    withDomains({ libvirt: { ...libvirtState, connection: answer('error: Failed to connect socket', 1) } }),
    'libvirtd',
    'bad',
    /not running/,
    /systemctl enable --now libvirtd/,
    domains,
  ],
  [
    'a user who may not use libvirtd',
    withDomains({ libvirt: { ...libvirtState, connection: answer('error: authentication unavailable', 1) } }),
    'libvirtd',
    'bad',
    /you may not/,
    /--groups libvirt/,
    domains,
  ],
  [
    'Vagrant without its plugin',
    withDomains({ libvirt: { ...libvirtState, plugin: false } }),
    'plugin',
    'bad',
    /vagrant-libvirt/,
    /vagrant plugin install/,
    domains,
  ],
  [
    'libvirt without the program that gives its networks addresses',
    withDomains({ libvirt: { ...libvirtState, dnsmasq: 'missing' } }),
    'dnsmasq',
    'bad',
    /no network/,
    /apt-get install --yes dnsmasq-base/,
    domains,
  ],
  [
    'libvirt without QEMU',
    withDomains({ libvirt: { ...libvirtState, qemuImg: 'missing' } }),
    'qemu',
    'bad',
    /not installed/,
    /qemu-utils/,
    domains,
  ],
  [
    'no KVM under libvirt',
    { ...withDomains(), processor: { ...usual.processor, kvmDevice: false } },
    'kvm',
    'warn',
    /emulated/,
    /modprobe kvm_intel/,
    domains,
  ],
];

for (const [name, computer, what, outcome, why, mend, plan = boxes] of cases) {
  test(`${name}: says so, and what mends it`, (t) => {
    const [first, ...rest] = complaints(computer, plan);
    t.is(first?.what, what);
    t.is(first?.outcome, outcome);
    t.regex(first?.why ?? '', why);
    t.regex(first?.mend ?? '', mend);
    t.deepEqual(rest, []);
  });
}

const quiet: readonly (readonly [name: string, ComputerState, plan?: Plan])[] = [
  [
    'KVM on an old kernel that no machine uses',
    processor({ kvm: 'kvm_intel', kvmTakesAll: undefined, kvmInUse: false }),
  ],
  ['a new kernel with kvm.enable_virt_at_load=0', newKernel({ kvmTakesAll: false }, '7.2.8')],
  ['a new kernel without the kvm module', newKernel({ kvm: undefined }, '7.1.4')],
  ['a new kernel with VirtualBox 7.2.10', newKernel({}, '7.2.10')],
  ['KVM as a part of an old kernel that no machine uses', processor({ kvm: 'kvm_intel', kvmBuiltIn: true })],
  ['no bsdtar, where no box is to be unpacked', withBoxes({ bsdtar: false })],
  ['a user of Linux whose name is not ASCII', withBoxes({ home: '/home/zoë/.vagrant.d' })],
  ['Windows without its hypervisor', windows(false)],
  ['Apple silicon with VirtualBox 7.1 and an arm64 box', silicon('7.1.4', 'arm64')],
  ['a box from before there were architectures', withBoxes({ boxes: [{ provider: 'virtualbox', version: '0' }] })],
  [
    'a box file that is there',
    withBoxes({ boxes: [], boxFile: true }),
    planWith({ provider: 'virtualbox', box: { url: './a.box' } }),
  ],
  ['libvirt with everything', withDomains(), domains],
];

for (const [name, computer, plan = boxes] of quiet) {
  test(`${name}: no complaint`, (t) => {
    t.deepEqual(complaints(computer, plan), []);
  });
}

test('a stand-in for VirtualBox is usable, and called what it is', (t) => {
  const computer: ComputerState = {
    ...withBoxes({ vagrant: answer('Vagrant 2.3.4'), hypervisor: answer('7.0.20_QuintetStandInr163906\n') }),
    kernel: '6.18.44',
    processor: { architecture: 'amd64', virtualization: false, kvm: 'kvm_intel', kvmTakesAll: true },
  };
  t.deepEqual(complaints(computer, boxes), []);
  const found = findings(computer, boxes).find(({ what }) => what === 'virtualbox');
  t.regex(found?.why ?? '', /stand-in.*7\.0\.20_QuintetStandInr163906/);
});

test('what a killed Vagrant, and somebody who tidied up by hand, left behind is told', (t) => {
  const lab = {
    leftovers: [],
    running: [],
    known: [
      { id: 'aaaa-1', name: 'lb1' },
      { id: 'bbbb-2', name: 'web' },
    ],
    orphans: [{ id: 'cccc-3', name: 'temp_clone_1795368715856_90820' }],
    openFaults: 0,
  };
  const computer = { ...withBoxes({}, { machines: ['bbbb-2', 'cccc-3'], inaccessible: ['bbbb-2'] }), lab };
  const found = complaints(computer, boxes);
  t.deepEqual(
    found.map(({ what, outcome }) => `${what} ${outcome}`),
    ['leftovers warn', 'leftovers warn', 'leftovers warn'],
  );
  t.regex(found[0]?.why ?? '', /does not know: temp_clone_1795368715856_90820/);
  t.regex(found[1]?.why ?? '', /has no more: lb1$/);
  t.is(found[2]?.mend, 'VBoxManage unregistervm bbbb-2, then quintet up');
});
