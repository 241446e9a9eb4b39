import { covers } from '../../plan/addresses.js';
import { isBefore, type Trouble, versionIn } from './versions.js';

/** Where people say which host-only networks VirtualBox may have; it knows no other place. */
export const networksFile = '/etc/vbox/networks.conf';

/** VirtualBox allows these where nothing else is written. */
const usualRanges = ['192.168.56.0/21'];

/** `* 10.0.0.0/8 192.168.0.0/16`: a file that is there says all that is allowed, the usual range included. */
export const rangesIn = (networksConf: string | undefined): readonly string[] => {
  if (networksConf === undefined) return usualRanges;
  const lines = networksConf.split('\n').map((line) => line.trim());
  const words = lines.filter((line) => line.startsWith('*')).flatMap((line) => line.slice(1).trim().split(/\s+/));
  return words.filter((word) => /^\d+(\.\d+){3}\/\d+$/.test(word));
};

/** The rule came with 6.1.28, has never been in force on Windows, and ended on macOS with 7.0. */
const isRestricted = (versionText: string, platform: NodeJS.Platform): boolean => {
  const version = versionIn(versionText);
  if (version === undefined || platform === 'win32' || isBefore(version, [6, 1, 28])) return false;
  return platform !== 'darwin' || isBefore(version, [7, 0]);
};

export interface HostOnlyRules {
  /** What `VBoxManage --version` printed. */
  readonly versionText: string;
  readonly platform: NodeJS.Platform;
  /** The text of `networksFile`; undefined when there is none. */
  readonly networksConf: string | undefined;
}

/** Why VirtualBox will not make a host-only network of `subnet`; undefined when it will. */
export const rangeTrouble = (subnet: string, rules: HostOnlyRules): Trouble | undefined => {
  if (!isRestricted(rules.versionText, rules.platform)) return undefined;
  const ranges = rangesIn(rules.networksConf);
  if (ranges.some((range) => covers(range, subnet))) return undefined;
  return {
    what: `VirtualBox refuses the network ${subnet}: it allows ${ranges.join(', ') || 'none'}`,
    hint: `sudo mkdir -p /etc/vbox && echo '* ${added(subnet, rules.networksConf)}' | sudo tee -a ${networksFile}`,
  };
};

/** What to write there. A new file says all that is allowed: without the usual range it would shut out every other lab. */
const added = (subnet: string, networksConf: string | undefined): string => {
  const isFirst = networksConf === undefined || rangesIn(networksConf).length === 0;
  return [...(isFirst ? usualRanges : []), subnet].join(' ');
};
