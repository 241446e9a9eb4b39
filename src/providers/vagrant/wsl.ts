import type { Trouble } from './versions.js';

/** Vagrant's own switch (lib/vagrant/util/platform.rb): without it Vagrant leaves Windows alone. */
export const wslAccessVariable = 'VAGRANT_WSL_ENABLE_WINDOWS_ACCESS';

/**
 * What is wrong with VirtualBox from inside WSL, where it can only be that of Windows: WSL's kernel has no modules of VirtualBox.
 * `kernel` is its release, `access` whether Vagrant's switch is set. Undefined anywhere else.
 */
export const wslTrouble = (kernel: string, access: boolean): Trouble | undefined => {
  if (!/microsoft/i.test(kernel)) return undefined;
  const ways =
    'provider: container in lab.yaml needs no VirtualBox and starts in seconds; or take Node.js and Vagrant of Windows itself, in PowerShell';
  return access
    ? {
        what: "this is WSL, whose Vagrant drives the VirtualBox of Windows: machines' addresses and SSH may not be reached from here",
        hint: `${ways}. If you stay: the lab must lie on a drive of Windows (/mnt/c/…)`,
      }
    : {
        what: 'this is WSL, where VirtualBox can only be that of Windows, and Vagrant does not touch Windows unless it is told to',
        hint: `${ways}; or export ${wslAccessVariable}=1, with the lab on a drive of Windows (/mnt/c/…)`,
      };
};
