import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../src/host/command.js';

/**
 * Everything on this computer that carries a lab's name (processes, mounts, namespaces, cgroups, interfaces, folders), a
 * line each: asked of the system itself, without the provider's own code.
 */
export const traces = async (id: string): Promise<string[]> => {
  const looks = [
    'ls /run/quintet/netns',
    'cat /proc/self/mountinfo',
    'find /sys/fs/cgroup -type d',
    'systemctl list-units --all --plain --no-legend',
    'ls /var/lib/quintet/labs /run/systemd/nspawn',
    'cat /proc/net/dev /proc/net/unix',
    "for p in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <$p; echo; done",
  ];
  const { stdout } = await run(['sh', '-c', looks.map((look) => `${look} 2>/dev/null`).join('; ')]);
  return stdout.split('\n').filter((line) => line.includes(id));
};

export const labIdOf = async (folder: string): Promise<string> =>
  (await readFile(join(folder, '.quintet', 'id'), 'utf8')).trim();
