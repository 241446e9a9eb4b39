import { readlink } from 'node:fs/promises';
import { exists, namesIn, readIfAny } from '../../host/files.js';
import { mustEmulate } from '../../providers/vagrant/emulation.js';
import { ask, wordsOf } from './ask.js';

/** What of the processor decides whether virtual machines run; undefined where it can't be known. */
export interface Processor {
  /** As Vagrant calls it: `amd64`, `arm64`. That of the computer, also where Node.js was built for another one. */
  readonly architecture: string;
  /** Whether it offers hardware virtualisation, that is, has it and the firmware has switched it on. */
  readonly virtualization?: boolean | undefined;
  /** Windows: whether its own hypervisor runs (Hyper-V, WSL 2, memory integrity): VirtualBox then runs on top of that. */
  readonly hyperV?: boolean | undefined;
  /** Linux: the KVM module for this processor, when it is loaded, or is a part of the kernel. */
  readonly kvm?: 'kvm_intel' | 'kvm_amd' | undefined;
  /** Linux: whether it is a part of the kernel, so that nobody can unload it. */
  readonly kvmBuiltIn?: boolean | undefined;
  /** Linux since 6.12: whether KVM takes the processor as soon as it is loaded (kvm.enable_virt_at_load). */
  readonly kvmTakesAll?: boolean | undefined;
  /** Linux: whether a machine of KVM runs now, as far as this user can see. */
  readonly kvmInUse?: boolean | undefined;
  /** Linux: whether QEMU can use KVM. */
  readonly kvmDevice?: boolean | undefined;
  /** Linux: kernel modules must be signed. */
  readonly secureBoot?: boolean | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

const names: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64', ia32: 'i386' };

/** How Vagrant calls the architecture that Node.js was built for. */
export const architectureName = (arch: string): string => names[arch] ?? arch;

const own = architectureName(process.arch);

export const processor = (platform: NodeJS.Platform, env: Env): Promise<Processor> => {
  if (platform === 'linux') return linux();
  if (platform === 'win32') return windows(env);
  return platform === 'darwin' ? mac() : Promise.resolve({ architecture: own });
};

const textOf = async (path: string): Promise<string | undefined> =>
  (await readIfAny(path).catch(() => undefined))?.trim();

/** The variable's value follows four bytes of attributes (UEFI specification, global variables). */
const secureBootFile = '/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c';

const modules = ['kvm_intel', 'kvm_amd'] as const;

/** A part of the kernel has parameters in /sys/module as a module has, and no count of its users. */
const moduleState = async (name: string) => {
  const [users, parameters] = await Promise.all([
    textOf(`/sys/module/${name}/refcnt`),
    exists(`/sys/module/${name}/parameters`).catch(() => false),
  ]);
  return { users, isThere: users !== undefined || parameters };
};

/** Whether any process that may be looked at has a machine of KVM. */
const hasKvmMachine = async (): Promise<boolean> => {
  const pids = (await namesIn('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const held = pids.map(async (pid) => {
    const files = await namesIn(`/proc/${pid}/fd`).catch(() => []);
    const links = files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => ''));
    return (await Promise.all(links)).some((link) => link === 'anon_inode:kvm-vm');
  });
  return (await Promise.all(held)).some(Boolean);
};

const linux = async (): Promise<Processor> => {
  const [cpus, states, atLoad, secureBoot, kvmDevice] = await Promise.all([
    textOf('/proc/cpuinfo'),
    Promise.all(modules.map(moduleState)),
    textOf('/sys/module/kvm/parameters/enable_virt_at_load'),
    textOf(secureBootFile),
    exists('/dev/kvm').catch(() => false),
  ]);
  // A kernel that has both kinds built in uses the one that fits its processor.
  const fitting = /^flags\s*:.*\bsvm\b/m.test(cpus ?? '') ? [1, 0] : [0, 1];
  const index = fitting.find((at) => states[at]?.isThere);
  const found = index === undefined ? undefined : states[index];
  const builtIn = found !== undefined && found.users === undefined;
  return {
    architecture: own,
    virtualization: own === 'amd64' && cpus ? /^flags\s*:.*\b(vmx|svm)\b/m.test(cpus) : undefined,
    kvm: builtIn && !kvmDevice ? undefined : modules[index ?? -1],
    kvmBuiltIn: builtIn,
    kvmTakesAll: atLoad === undefined ? undefined : atLoad === 'Y',
    kvmInUse: builtIn ? await hasKvmMachine() : Number(found?.users ?? 0) > 0,
    kvmDevice: !mustEmulate(cpus ?? '', kvmDevice),
    secureBoot: secureBoot?.endsWith('\u0001'),
  };
};

/** An Intel Node.js on Apple silicon takes itself for an Intel computer. */
const mac = async (): Promise<Processor> => {
  const silicon = wordsOf(await ask(['/usr/sbin/sysctl', '-n', 'hw.optional.arm64'])).trim() === '1';
  return { architecture: silicon ? 'arm64' : own };
};

/** Anybody may ask WMI for these two; `systeminfo` is slow and speaks the user's language, `bcdedit` is for administrators. */
const question = [
  '(Get-CimInstance Win32_ComputerSystem -Property HypervisorPresent).HypervisorPresent',
  '@(Get-CimInstance Win32_Processor -Property VirtualizationFirmwareEnabled)[0].VirtualizationFirmwareEnabled',
].join('; ');

export const powershellQuestion: readonly string[] = [
  'powershell.exe',
  '-NoProfile',
  '-NonInteractive',
  '-Command',
  question,
];

/** What the two lines say. Under a hypervisor Windows no longer sees whether the firmware has switched it on. */
export const windowsProcessor = (text: string, env: Env): Processor => {
  const [hypervisor, firmware] = text.split(/\r?\n/).map((line) => line.trim());
  const architecture = architectureName(
    (env.PROCESSOR_ARCHITEW6432 ?? env.PROCESSOR_ARCHITECTURE ?? own).toLowerCase(),
  );
  const known = ['True', 'False'].includes(hypervisor ?? '');
  return {
    architecture,
    ...(known ? { hyperV: hypervisor === 'True' } : {}),
    ...(hypervisor === 'False' && firmware ? { virtualization: firmware === 'True' } : {}),
  };
};

const windows = async (env: Env): Promise<Processor> => windowsProcessor(wordsOf(await ask(powershellQuestion)), env);
