import type { Plan } from '../../model/plan.js';
import type { ComputerState } from './facts.js';
import { compareVersions } from './versions.js';

/** `bad`: a lab will not come up; `warn`: it may not; `good`: as it should be. */
export interface Diagnosis {
  readonly level: 'good' | 'warn' | 'bad';
  readonly subject: string;
  readonly words: string;
  /** The command, or the deed, that mends it. */
  readonly mend?: string;
}

type Rule = (computer: ComputerState, plan: Plan | undefined) => readonly Diagnosis[];

/** Everything that doctor has to say, in order. */
export const diagnoses = (computer: ComputerState, plan: Plan | undefined): readonly Diagnosis[] => {
  const provider =
    plan?.provider ?? (computer.platform === 'linux' && !computer.virtualbox ? 'container' : 'virtualbox');
  const rules = provider === 'container' ? [...everywhere, ...containers] : [...everywhere, ...vagrant(provider)];
  return rules.flatMap((rule) => rule(computer, plan));
};

const good = (subject: string, words: string): Diagnosis[] => [{ level: 'good', subject, words }];
const bad = (subject: string, words: string, mend: string): Diagnosis[] => [{ level: 'bad', subject, words, mend }];
const warn = (subject: string, words: string, mend: string): Diagnosis[] => [{ level: 'warn', subject, words, mend }];

const demandMb = (plan: Plan): number => plan.machines.reduce((sum, machine) => sum + machine.memoryMb, 0);

const everywhere: readonly Rule[] = [
  ({ nodeVersion }) => good('node', `Node.js ${nodeVersion}`),
  ({ memoryMb, freeMemoryMb }, plan) => {
    if (!plan) return good('memory', `${freeMemoryMb} MiB of ${memoryMb} MiB are free`);
    const needed = demandMb(plan);
    const words = `the lab may use ${needed} MiB; ${freeMemoryMb} MiB of ${memoryMb} MiB are free`;
    if (needed > memoryMb) return bad('memory', words, 'lower machines.NAME.memoryMb in lab.yaml');
    if (needed > freeMemoryMb) return warn('memory', words, 'close other programs, or lower machines.NAME.memoryMb');
    return good('memory', words);
  },
  ({ freeLabDiskMb }) =>
    freeLabDiskMb < 200
      ? bad('disk', `only ${freeLabDiskMb} MiB are free where the lab folder is`, 'free some space')
      : good('disk', `${gigabytes(freeLabDiskMb)} are free where the lab folder is`),
];

const gigabytes = (megabytes: number): string => `${(megabytes / 1024).toFixed(1)} GiB`;

/** A base takes about 2 GiB while it is built; machines on it some hundred MiB in all. */
const buildMb = 4096;
const runMb = 1024;

const containers: readonly Rule[] = [
  ({ platform }) =>
    platform === 'linux'
      ? []
      : bad('system', 'containers need Linux', 'install VirtualBox and Vagrant; set provider: virtualbox in lab.yaml'),
  ({ root }) =>
    root ? good('root', 'you are root') : bad('root', 'containers need root', 'run quintet with sudo in front'),
  ({ missingPackages: missing, platform }) => {
    if (platform !== 'linux') return [];
    if (missing.length === 0) return good('packages', 'all system packages are there');
    return bad('packages', `missing: ${missing.join(', ')}`, `sudo apt-get install --yes ${missing.join(' ')}`);
  },
  ({ cgroups }) =>
    cgroups === 'none'
      ? bad('cgroups', 'no control groups are mounted', 'mount them: mount -t cgroup2 none /sys/fs/cgroup')
      : good('cgroups', `control groups ${cgroups}`),
  ({ overlay }) =>
    overlay
      ? good('overlay', 'overlay file systems work')
      : bad('overlay', 'the kernel has no overlay file system', 'sudo modprobe overlay'),
  ({ freeDiskMb, hasBase }) => {
    const needed = hasBase ? runMb : buildMb;
    const words = `${gigabytes(freeDiskMb)} are free in /var/lib for the machines' disks`;
    return freeDiskMb < needed
      ? bad('disks', `${words}; ${gigabytes(needed)} are needed`, 'free some space')
      : good('disks', words);
  },
  ({ hasBase }) =>
    hasBase
      ? good('base', 'a base system was built before: a lab like that one needs no network')
      : good('base', 'no base system yet: the first up downloads packages and takes a minute or more'),
  ({ leftovers, labIds }, plan) => {
    if (plan && leftovers.length > 0)
      return good('this lab', `${leftovers.length} things of this lab are on the computer`);
    const others = labIds.length;
    return others === 0
      ? good('labs', 'no lab has machines on this computer')
      : warn(
          'labs',
          `${others} labs have machines on this computer (${labIds.join(', ')})`,
          'quintet destroy, in the folder of each',
        );
  },
];

/** Which Vagrant a VirtualBox needs at least. */
const pairs: readonly (readonly [virtualbox: string, vagrant: string])[] = [
  ['7.2', '2.4.9'],
  ['7.1', '2.4.2'],
  ['7.0', '2.3.2'],
];

const vagrant = (provider: Plan['provider']): readonly Rule[] => [
  (computer) =>
    computer.vagrant
      ? good('vagrant', `Vagrant ${computer.vagrantVersion ?? 'is there'}`)
      : bad('vagrant', 'Vagrant is not installed', 'https://developer.hashicorp.com/vagrant/install'),
  ...(provider === 'virtualbox' ? virtualbox : []),
];

const virtualbox: readonly Rule[] = [
  (computer) =>
    computer.virtualbox
      ? good('virtualbox', `VirtualBox ${computer.virtualboxVersion ?? 'is there'}`)
      : bad('virtualbox', 'VirtualBox is not installed', 'https://www.virtualbox.org/wiki/Downloads'),
  ({ virtualboxVersion: box, vagrantVersion: own }) => {
    const pair = pairs.find(([least]) => box !== undefined && compareVersions(box, least) >= 0);
    if (!pair || own === undefined || compareVersions(own, pair[1]) >= 0) return [];
    return bad(
      'versions',
      `VirtualBox ${box} needs Vagrant ${pair[1]} or newer, not ${own}`,
      'install a newer Vagrant',
    );
  },
  ({ platform, kernel, virtualboxVersion: box, kvmLoaded }) => {
    const grabs = platform === 'linux' && kvmLoaded && compareVersions(kernel, '6.12') >= 0;
    if (!grabs || box === undefined || compareVersions(box, '7.2.10') >= 0) return [];
    const words = `since Linux 6.12 the kvm module keeps VirtualBox ${box} from starting machines`;
    return warn('kvm', words, 'sudo modprobe -r kvm_amd kvm_intel kvm, or boot with kvm.enable_virt_at_load=0');
  },
  ({ vboxNetworks, platform }, plan) => {
    if (!plan || platform === 'win32' || /^192\.168\.(5[6-9]|6[0-3])\./.test(plan.network.subnet)) return [];
    if (vboxNetworks?.includes(plan.network.subnet) || /^\*\s+0\.0\.0\.0\/0/m.test(vboxNetworks ?? '')) return [];
    const words = `VirtualBox may refuse the network ${plan.network.subnet}: it allows 192.168.56.0/21 alone`;
    return warn('network', words, `echo '* ${plan.network.subnet}' | sudo tee -a /etc/vbox/networks.conf`);
  },
];
