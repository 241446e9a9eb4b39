import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type RunOptions, run, startDetached } from '../../../src/host/command.js';
import { ensureDir } from '../../../src/host/files.js';
import { isAlive } from '../../../src/host/process.js';
import { removeFolder } from '../../../src/providers/container/remove.js';
import type { ExecResult } from '../../../src/providers/provider.js';

/**
 * A computer with Vagrant and libvirt on it: namespaces of its own (network, mounts, processes) in which libvirtd runs and
 * everything that a person would start on that computer. Its machines are real kernels, run by QEMU; its networks never
 * touch those of the computer it runs on.
 */
export interface LibvirtRig {
  readonly home: string;
  /** A folder for labs that goes with the rig. */
  readonly labs: string;
  readonly env: Readonly<Record<string, string>>;
  /** The command line that runs `argv` on that computer. */
  inside(argv: readonly string[]): readonly string[];
  run(argv: readonly string[], options?: RunOptions): Promise<ExecResult>;
  remove(): Promise<void>;
}

/** Nothing here restricts or counts what QEMU does: the rig is one user's, and ends with all its processes. */
const qemuConf = `user = "root"
group = "root"
security_driver = "none"
cgroup_controllers = []
namespaces = []
dynamic_ownership = 0
remember_owner = 0
stdio_handler = "file"
`;

/** libvirt's folders, each replaced by one of the rig. */
const ownFolders = ['/etc/libvirt', '/run/libvirt', '/var/lib/libvirt', '/var/log/libvirt', '/var/cache/libvirt'];

/**
 * The first process of the rig. Its /sys shows its own network; the cgroups are bound back. /dev/kvm is taken away: without
 * the processor's support behind it, it starts no ordinary machine.
 */
const init = `set -eu
home=$1
shift
mount --make-rprivate /
mkdir -p "$home/cgroup"
mount --rbind /sys/fs/cgroup "$home/cgroup"
mount -t sysfs sysfs /sys
mount --rbind "$home/cgroup" /sys/fs/cgroup
if [ -e /dev/kvm ] && ! grep -qE '\\b(vmx|svm)\\b' /proc/cpuinfo; then mount --bind /dev/null /dev/kvm; fi
ip link set lo up
cp -a /etc/libvirt "$home/etc-libvirt"
for folder; do
  own=$home/$(echo "\${folder#/}" | tr / -)
  mkdir -p "$own" "$folder"
  mount --bind "$own" "$folder"
done
cp "$home/qemu.conf" /etc/libvirt/qemu.conf
libvirtd >"$home/libvirtd.log" 2>&1 &
trap 'exit 0' TERM
wait
`;

/** The process that `unshare` has forked: the first one of the rig. */
const childOf = async (pid: number): Promise<number> => {
  for (let left = 100; left > 0; left -= 1) {
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
    const [child] = children.trim().split(' ').filter(Boolean);
    if (child !== undefined) return Number(child);
    await delay(50);
  }
  throw new Error('the rig did not start');
};

const untilAnswering = async (rig: Pick<LibvirtRig, 'run' | 'home'>): Promise<void> => {
  for (let left = 120; left > 0; left -= 1) {
    const result = await rig.run(['virsh', '--connect', 'qemu:///system', 'list'], { timeoutMs: 20_000 });
    if (result.exitCode === 0) return;
    await delay(500);
  }
  throw new Error(`libvirtd does not answer:\n${await readFile(join(rig.home, 'libvirtd.log'), 'utf8')}`);
};

export const makeLibvirtRig = async (folder = '/var/lib/quintet/rig'): Promise<LibvirtRig> => {
  const home = join(folder, randomBytes(4).toString('hex'));
  const labs = join(home, 'labs');
  await ensureDir(labs);
  await writeFile(join(home, 'qemu.conf'), qemuConf);
  const namespaces = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const outer = startDetached(['unshare', ...namespaces, 'sh', '-c', init, 'rig', home, ...ownFolders]);
  const first = await childOf(outer);
  const inside = (argv: readonly string[]) => ['nsenter', `--target=${first}`, '--mount', '--net', '--pid', ...argv];
  const env = { VAGRANT_HOME: join(home, 'vagrant'), VAGRANT_CHECKPOINT_DISABLE: '1', LIBVIRT_DEFAULT_URI: '' };
  const runInside = (argv: readonly string[], options: RunOptions = {}) =>
    run(inside(['env', '-C', options.cwd ?? labs, ...argv]), { ...options, cwd: '/', env: { ...env, ...options.env } });
  const remove = async (): Promise<void> => {
    // With the first process of its namespace, every other one ends: QEMU, dnsmasq, libvirtd.
    process.kill(first, 'SIGKILL');
    while (isAlive(outer)) await delay(50);
    await removeFolder(home);
  };
  const rig = { home, labs, env, inside, run: runInside, remove };
  try {
    await untilAnswering(rig);
  } catch (error) {
    await remove();
    throw error;
  }
  return rig;
};
