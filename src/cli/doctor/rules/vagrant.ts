import type { Plan } from '../../../model/plan.js';
import { waysToSsh } from '../../../providers/vagrant/ssh-client.js';
import { lacksKernelModule, versionIn, versionTrouble } from '../../../providers/vagrant/versions.js';
import { wslTrouble } from '../../../providers/vagrant/wsl.js';
import type { ComputerState } from '../facts.js';
import { bad, type Finding, gigabytes, good, type Rule, warn } from '../finding.js';
import type { VagrantState } from '../vagrant-facts.js';

/** A rule about what is only known where Vagrant makes the machines. */
export const about =
  (rule: (vagrant: VagrantState, computer: ComputerState, plan: Plan) => readonly Finding[]): Rule =>
  (computer, plan) =>
    computer.vagrantState ? rule(computer.vagrantState, computer, plan) : [];

const isThere = about(({ vagrant }, computer) => {
  if (vagrant === 'missing')
    return computer.vagrant
      ? bad('vagrant', "Vagrant is there but can't be started", 'vagrant --version tells why')
      : bad('vagrant', 'Vagrant is not installed', 'install it: https://developer.hashicorp.com/vagrant/install');
  if (vagrant === 'late') return warn('vagrant', 'Vagrant does not answer within 5 s', 'vagrant --version tells why');
  const version = versionIn(vagrant.text);
  return version
    ? good('vagrant', `Vagrant ${version.join('.')}`)
    : bad(
        'vagrant',
        `Vagrant does not tell its version: ${vagrant.text.trim().split('\n')[0]}`,
        'install it anew: https://developer.hashicorp.com/vagrant/install',
      );
});

/** Each of the two works by itself, but do they go together? */
const pair = about(({ vagrant, hypervisor }, _computer, plan) => {
  if (typeof vagrant !== 'object' || versionIn(vagrant.text) === undefined) return [];
  const other = typeof hypervisor === 'object' ? hypervisor.text : '';
  const noOther = versionIn(other) === undefined || lacksKernelModule(other);
  // Without the other one there is still the question whether Vagrant is too old for any.
  const trouble = versionTrouble(noOther ? 'libvirt' : plan.provider, vagrant.text, other);
  return trouble ? bad('versions', trouble.what, trouble.hint) : [];
});

const ssh = about((vagrant, { platform }) =>
  vagrant.ssh ? [] : bad('ssh', 'there is no ssh, and machines are reached with it', waysToSsh(platform)),
);

/** Only a box that is still to be had must be unpacked. */
const bsdtar = about(({ bsdtar, boxes }, _computer, plan) =>
  bsdtar || boxes.some(({ provider }) => provider === plan.provider)
    ? []
    : bad(
        'bsdtar',
        'there is no bsdtar, and Vagrant unpacks boxes with it',
        'sudo apt-get install --yes libarchive-tools (bsdtar elsewhere)',
      ),
);

/** Of Ruby on Windows, and of programs that are given such paths: names beyond ASCII come out as others. */
const homeInAscii = about(({ home }, { platform }) => {
  if (platform === 'linux' || [...home].every((letter) => letter <= '\x7f')) return [];
  const mend =
    platform === 'win32'
      ? 'setx VAGRANT_HOME C:\\vagrant, then a new window'
      : 'export VAGRANT_HOME=/Users/Shared/vagrant, in ~/.zshrc to keep it';
  return warn('home', `Vagrant keeps its things in ${home}, and letters beyond ASCII confuse it`, mend);
});

/** Windows' VirtualBox, driven out of its Linux. */
const insideWsl = about((_vagrant, { kernel, platform, wslAccess = false }, { provider }) => {
  const trouble = provider === 'virtualbox' && platform === 'linux' ? wslTrouble(kernel, wslAccess) : undefined;
  if (trouble === undefined) return [];
  return (wslAccess ? warn : bad)('wsl', trouble.what, trouble.hint);
});

/**
 * Estimates in MiB: what the shared parent of the linked clones takes once it is unpacked, and what a machine adds with its
 * packages, its data and some runs.
 */
const parentMb = 2500;
const machineMb = 1200;
const boxMb = 2000;

const machineDisks = about(({ freeMachineDiskMb: free, machineFolder }, { lab }, plan) => {
  const made = lab?.known.length ?? 0;
  const missing = Math.max(0, plan.machines.length - made);
  if (free === Number.POSITIVE_INFINITY) return [];
  const needed = missing * machineMb + (made > 0 ? 0 : parentMb);
  const why = `${gigabytes(free)} are free in ${machineFolder}; the machines to be made take about ${gigabytes(needed)} (an estimate)`;
  if (free >= needed) return good('disks', why);
  return free < needed / 2 ? bad('disks', why, 'free some space') : warn('disks', why, 'free some space');
});

const boxDisk = about(({ freeBoxDiskMb: free, boxes }, _computer, plan) => {
  if (boxes.some(({ provider }) => provider === plan.provider) || free >= boxMb) return [];
  const why = `${gigabytes(free)} are free where Vagrant keeps boxes; getting one takes about ${gigabytes(boxMb)} (an estimate)`;
  return warn('box disk', why, 'free some space, or set VAGRANT_HOME to a folder on another disk');
});

export const vagrantRules: readonly Rule[] = [insideWsl, isThere, pair, ssh, bsdtar, homeInAscii];
export const diskRules: readonly Rule[] = [machineDisks, boxDisk];
