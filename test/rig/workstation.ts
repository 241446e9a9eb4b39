import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Ran } from './quintet.js';

/** Where the stick is found there: a path as desktops make it. */
export const stick = '/media/ada/a stick';

/**
 * A computer of its own for a test: a plain system of this computer's release, without Node.js, without Quintet and
 * without what Quintet needs, in a process, mount and network namespace that has nothing but a loopback interface.
 */
export interface Workstation {
  readonly root: string;
  /** Runs a shell script there. */
  readonly sh: (script: string, timeoutMs?: number) => Promise<Ran>;
}

/** Everything mounted here is gone with the namespace's last process. */
const enter = `
set -eu
root=$1 stick=$2 bundle=$3
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
mkdir -p "$root$stick" "$root/mnt"
mount --bind "$bundle" "$root$stick"
mount -o remount,bind,ro "$root$stick"
ip link set lo up
cd "$root"
pivot_root . mnt
umount --lazy /mnt
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root NO_COLOR=1 sh -euc "$4"
`;

const contained = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--propagation', 'private'];

/** Makes one in `room`; `suite` and `mirror` as for mmdebstrap. The bundle is its stick, read-only. */
export const makeWorkstation = async (
  room: string,
  bundle: string,
  suite: string,
  sources: readonly string[],
): Promise<Workstation> => {
  const root = join(room, 'workstation');
  await mkdir(room, { recursive: true });
  await execa('mmdebstrap', ['--mode=root', '--variant=minbase', suite, root, ...sources], {
    cwd: '/',
    timeout: 240_000,
  });
  const sh = async (script: string, timeoutMs = 120_000): Promise<Ran> => {
    const argv = [...contained, 'sh', '-c', enter, 'enter', root, stick, bundle, script];
    const result = await execa('unshare', argv, { reject: false, stdin: 'ignore', timeout: timeoutMs });
    return { exitCode: result.exitCode ?? 128, stdout: result.stdout, stderr: result.stderr };
  };
  return { root, sh };
};
