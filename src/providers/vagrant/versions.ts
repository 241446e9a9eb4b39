import type { ProviderName } from '../../model/lab.js';

/**
 * The first three numbers of a program's version; undefined when there are none. It stands at a line's beginning: the
 * warnings that VirtualBox puts before it speak of other versions, of the kernel's for one.
 */
export const versionIn = (text: string): readonly number[] | undefined => {
  const found = /^(?:Vagrant )?(\d+)\.(\d+)(?:\.(\d+))?/m.exec(text);
  return found?.slice(1).map((word) => Number(word ?? 0));
};

/** VBoxManage says so before its version, or instead of it: machines can't be started then. */
export const lacksKernelModule = (text: string): boolean =>
  /vboxdrv|VirtualBox kernel (modules?|extensions?|drivers?) (is|are) not loaded/i.test(text);

/** Parts left out are 0. */
export const isBefore = (version: readonly number[], other: readonly number[]): boolean => {
  const at = [0, 1, 2].find((index) => (version[index] ?? 0) !== (other[index] ?? 0));
  return at !== undefined && (version[at] ?? 0) < (other[at] ?? 0);
};

const dotted = (version: readonly number[]): string => version.join('.');

const oldestVagrant = [2, 2, 18];

/** Since which Vagrant a VirtualBox is driven (plugins/providers/virtualbox/driver/meta.rb of each release). */
const pairings: readonly (readonly [virtualbox: string, vagrant: readonly number[]])[] = [
  ['6.1', [2, 2, 7]],
  ['7.0', [2, 3, 2]],
  ['7.1', [2, 4, 2]],
  ['7.2', [2, 4, 9]],
];

export interface Trouble {
  readonly what: string;
  readonly hint: string;
}

const getVagrant = 'Install the current Vagrant: https://developer.hashicorp.com/vagrant/install';

/** Why these versions can't build a lab together; undefined when they can. Texts are what `--version` printed. */
export const versionTrouble = (provider: ProviderName, vagrantText: string, otherText: string): Trouble | undefined => {
  const vagrant = versionIn(vagrantText);
  if (vagrant === undefined)
    return { what: `Vagrant does not tell its version: ${vagrantText.trim()}`, hint: getVagrant };
  if (isBefore(vagrant, oldestVagrant)) {
    return {
      what: `Vagrant ${dotted(vagrant)} is too old: Quintet needs ${dotted(oldestVagrant)} or newer.`,
      hint: getVagrant,
    };
  }
  return provider === 'virtualbox' ? virtualboxTrouble(vagrant, otherText) : undefined;
};

const virtualboxTrouble = (vagrant: readonly number[], text: string): Trouble | undefined => {
  const version = versionIn(text);
  if (version === undefined || lacksKernelModule(text)) {
    return {
      what: `VirtualBox does not work: ${text.trim().replace(/^WARNING: /, '')}`,
      hint: 'quintet doctor tells more. On Linux usually its kernel module is missing: sudo /sbin/vboxconfig',
    };
  }
  const series = `${version[0]}.${version[1]}`;
  const [, needed] = pairings.find(([virtualbox]) => virtualbox === series) ?? [];
  if (isBefore(version, [6, 1])) {
    return {
      what: `VirtualBox ${dotted(version)} is too old: Quintet needs 6.1 or newer.`,
      hint: 'https://www.virtualbox.org',
    };
  }
  if (needed === undefined) {
    // A series newer than this table: the newest Vagrant may know it, and says so itself if not.
    return isBefore(vagrant, [2, 4, 9]) ? unpaired(vagrant, version, [2, 4, 9]) : undefined;
  }
  return isBefore(vagrant, needed) ? unpaired(vagrant, version, needed) : undefined;
};

const unpaired = (vagrant: readonly number[], virtualbox: readonly number[], needed: readonly number[]): Trouble => ({
  what: `Vagrant ${dotted(vagrant)} can't drive VirtualBox ${dotted(virtualbox)}: that takes Vagrant ${dotted(needed)} or newer.`,
  hint: getVagrant,
});
