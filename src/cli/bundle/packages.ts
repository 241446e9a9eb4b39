import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { must, type RunOptions, run } from '../../host/command.js';
import { ensureDir, exists, moveTo, namesIn, removeTree } from '../../host/files.js';
import { ComputerError } from '../../model/errors.js';
import type { Emit } from '../../model/events.js';
import type { BundledPackages } from '../../render/bundle.js';
import { sha256Of } from './sums.js';

/**
 * Packages that must have the very version that systemd-container brings: where one is there in an older version, it has
 * to be brought up to date with the rest, or apt would have to remove it.
 */
const sameVersion = [
  'libnss-myhostname',
  'libnss-mymachines',
  'libnss-resolve',
  'libnss-systemd',
  'libpam-systemd',
  'systemd-cryptsetup',
  'systemd-oomd',
  'systemd-resolved',
  'systemd-sysv',
  'systemd-timesyncd',
  'udev',
];

/** A rough measure of all of them, for the question whether there is room. */
export const packageBytes = 80e6;

/** `debian 12` of an os-release(5) file; a release without a number goes by its code name. */
export const releaseOf = (osRelease: string): string => {
  const value = (name: string) => new RegExp(`^${name}=["']?([^"'\\n]*)`, 'm').exec(osRelease)?.[1];
  return `${value('ID') ?? 'linux'} ${value('VERSION_ID') ?? value('VERSION_CODENAME') ?? ''}`.trim();
};

/** Whether this computer gets its packages as Debian does. */
export const hasApt = (): Promise<boolean> =>
  run(['apt-get', '--version']).then(
    ({ exitCode }) => exitCode === 0,
    () => false,
  );

const available = async (names: readonly string[], options: RunOptions): Promise<string[]> => {
  const { stdout } = await run(['apt-cache', 'madison', ...names], options);
  return [...new Set(stdout.split('\n').map((line) => line.split('|')[0]?.trim() ?? ''))].filter(Boolean);
};

/** apt as on a computer that has nothing at all: all that a package depends on is fetched, into `room`. */
const fetching = (room: string, names: readonly string[]): readonly string[] => [
  'apt-get',
  '--yes',
  '--download-only',
  '--no-install-recommends',
  ...['-o', `Dir::State::status=${join(room, 'status')}`, '-o', `Dir::Cache=${join(room, 'cache')}`],
  ...['-o', 'Debug::NoLocking=1', '-o', 'APT::Sandbox::User=root', '-o', 'Acquire::Retries=3'],
  'install',
  ...names,
];

const failed = (words: string): ComputerError =>
  new ComputerError(`The packages can't be fetched:\n${words.trim().split('\n').slice(-6).join('\n')}`, {
    hint: 'Mend what apt-get says (writing a bundle needs the network), and run the same command again.',
  });

/** Where apt finds each package: what an archive calls Packages, for a folder of files. */
const indexOf = async (folder: string): Promise<string> => {
  const entries: string[] = [];
  for (const file of (await namesIn(folder)).filter((name) => name.endsWith('.deb'))) {
    const path = join(folder, file);
    const control = (await must(['dpkg-deb', '--field', path])).trimEnd();
    const { size } = await stat(path);
    entries.push(`${control}\nFilename: ./${file}\nSize: ${size}\nSHA256: ${await sha256Of(path)}\n`);
  }
  return entries.join('\n');
};

/** Fetches packages and all they depend on into `to`, as a folder that apt can install from. */
export const fetchPackages = async (
  names: readonly string[],
  to: string,
  emit: Emit,
  signal: AbortSignal,
): Promise<BundledPackages> => {
  const room = `${to}.fetching`;
  const options: RunOptions = {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    signal,
    timeoutMs: 900_000,
    onLine: (line) => emit({ type: 'output', line }),
  };
  await ensureDir(join(room, 'cache', 'archives', 'partial'));
  await writeFile(join(room, 'status'), '');
  const attempt = async () => run(fetching(room, [...names, ...(await available(sameVersion, options))]), options);
  let result = await attempt();
  if (result.exitCode !== 0) {
    // Lists that are missing or old name files that the archive does not have any more.
    await run(['apt-get', 'update'], options);
    result = await attempt();
  }
  if (result.exitCode !== 0) throw failed(result.stderr || result.stdout);
  await ensureDir(to);
  const archives = join(room, 'cache', 'archives');
  for (const file of (await namesIn(archives)).filter((name) => name.endsWith('.deb'))) {
    await moveTo(join(archives, file), join(to, file));
  }
  await removeTree(room);
  await writeFile(join(to, 'Packages'), await indexOf(to));
  const file = (await exists('/etc/os-release')) ? '/etc/os-release' : '/usr/lib/os-release';
  return { names, release: releaseOf(await readFile(file, 'utf8')) };
};
