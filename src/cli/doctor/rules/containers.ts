import { homeVariable } from '../../../host/home.js';
import { diskBytes } from '../../../providers/container/disk-image.js';
import { otherHome } from '../../../providers/container/layers-trial.js';
import { moreFiles } from '../../../providers/container/open-files.js';
import { mostDays } from '../../../providers/container/renew.js';
import type { ContainerState } from '../container-facts.js';
import type { ComputerState } from '../facts.js';
import { bad, type Finding, gigabytes, good, type Rule, warn } from '../finding.js';

/** A base takes about 2 GiB while it is built; machines on it some hundred MiB in all. */
const buildMb = 4096;
const runMb = 1024;

/** A rule about what is only known where the machines are containers. */
const about =
  (rule: (containers: ContainerState, computer: ComputerState) => readonly Finding[]): Rule =>
  (computer) =>
    computer.containers ? rule(computer.containers, computer) : [];

export const containers: readonly Rule[] = [
  ({ platform }) =>
    platform === 'linux'
      ? []
      : bad('system', 'containers need Linux', 'install VirtualBox and Vagrant; set provider: virtualbox in lab.yaml'),
  ({ root }) =>
    root ? good('root', 'you are root') : bad('root', 'containers need root', 'run quintet with sudo in front'),
  about(({ missingPackages: missing }, { platform }) => {
    if (platform !== 'linux') return [];
    if (missing.length === 0) return good('packages', 'all system packages are there');
    return bad('packages', `missing: ${missing.join(', ')}`, `sudo apt-get install --yes ${missing.join(' ')}`);
  }),
  about(({ cgroups }) =>
    cgroups === 'none'
      ? bad('cgroups', 'no control groups are mounted', 'mount them: mount -t cgroup2 none /sys/fs/cgroup')
      : good('cgroups', `control groups ${cgroups}`),
  ),
  about(({ overlay, home, noLayers }) => {
    if (!overlay) return bad('overlay', 'the kernel has no overlay file system', 'sudo modprobe overlay');
    if (noLayers !== undefined) return bad('overlay', `machines can't lie in ${home}: ${noLayers}`, otherHome);
    return good('overlay', `overlay file systems work in ${home}`);
  }),
  about(({ apart, noLayers, home }) => {
    // Of a place where machines can't lie at all nothing more need be said.
    if (apart === undefined || noLayers !== undefined) return [];
    if (apart.noUserNamespaces === undefined) {
      return good('user namespaces', 'each machine has users of its own: root in it is nobody on this computer');
    }
    const why = `root in a machine would be root on this computer: ${apart.noUserNamespaces}`;
    return bad(
      'user namespaces',
      why,
      `Linux 5.19 or later and ext4, xfs or btrfs below ${home} (${homeVariable} names another place), or --trust`,
    );
  }),
  about(({ tooFewFiles }) => (tooFewFiles === undefined ? [] : bad('open files', tooFewFiles, moreFiles))),
  about(({ apart }) => {
    if (apart === undefined) return [];
    if (apart.boundsProcesses) return good('processes', 'a machine can start only so many');
    const mend = 'mount them, or start the kernel with cgroup_enable=pids; until then run only labs that you know';
    return warn('processes', 'nothing bounds how many a machine starts: no pids control groups', mend);
  }),
  about(({ apart }) => {
    if (apart === undefined) return [];
    const end = gigabytes(diskBytes / 2 ** 20);
    if (apart.noImages === undefined) return good('disk files', `a machine can write ${end} and no more`);
    const why = `nothing bounds what a machine writes: ${apart.noImages}`;
    return warn('disk files', why, 'load the kernel module loop; until then run only labs that you know');
  }),
  about(({ freeDiskMb, hasBase, home }) => {
    const needed = hasBase ? runMb : buildMb;
    const why = `${gigabytes(freeDiskMb)} are free in ${home} for the machines' disks`;
    return freeDiskMb < needed
      ? bad('disks', `${why}; ${gigabytes(needed)} are needed`, 'free some space')
      : good('disks', why);
  }),
  about(({ hasBase }) =>
    hasBase
      ? good('base', 'a base system was built before: a lab like that one needs no network')
      : good('base', 'no base system yet: the first up downloads packages and takes a minute or more'),
  ),
  about(({ baseDays = 0 }) =>
    baseDays > mostDays
      ? warn(
          'base age',
          `a base system was built ${baseDays} days ago and lacks what was mended since`,
          'quintet destroy in every lab that rests on it; the next quintet up builds it anew, with a network',
        )
      : [],
  ),
  about(({ goneLabs }) =>
    goneLabs.flatMap(({ id, folder }) =>
      warn(
        'gone labs',
        `a lab has machines on this computer (${id}), and its folder ${folder} is gone`,
        'quintet destroy --gone; or any command in its folder, if that was moved',
      ),
    ),
  ),
  about(({ labIds: all, goneLabs }, { lab }) => {
    const labIds = all.filter((id) => !goneLabs.some((gone) => gone.id === id));
    if (lab && lab.leftovers.length > 0)
      return good('this lab', `${lab.leftovers.length} things of this lab are on the computer`);
    if (labIds.length === 0 && goneLabs.length > 0) return [];
    if (labIds.length === 0) return good('labs', 'no lab has machines on this computer');
    const [words, places] =
      labIds.length === 1 ? ['a lab has', 'in its folder'] : [`${labIds.length} labs have`, 'in the folder of each'];
    return warn('labs', `${words} machines on this computer (${labIds.join(', ')})`, `quintet destroy, ${places}`);
  }),
];
