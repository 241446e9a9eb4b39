import type { Misfortune } from './store.js';

/** The well-known troubles of VirtualBox, in the words that it has for them. */

/** Vagrant asks this often before it gives up (driver/base.rb: `retryable`). */
const triesOfVagrant = 3;

const errors = (program: string, lines: readonly string[]): string =>
  lines.map((line) => `${program}: error: ${line}\n`).join('');

const said = (...lines: readonly string[]): string => errors('VBoxManage', lines);
const saidOnWindows = (...lines: readonly string[]): string => errors('VBoxManage.exe', lines);

/** A call that fails once, for no reason: Vagrant's next try goes well. */
export const failsOnce = (verb: string): Misfortune => ({ verb, nth: 1, stderr: said('passing') });

/** One that fails as often as Vagrant tries, and then no more. */
export const failsForGood = (verb: string, stderr = said('lasting')): Misfortune => ({
  verb,
  nth: 1,
  times: triesOfVagrant,
  stderr,
});

/** VirtualBox says yes to the port of a machine's SSH, and forwards nothing. */
export const forwardsNothing: Misfortune = { verb: 'modifyvm --natpf1', nth: 1, stderr: 'a warning\n', exitCode: 0 };

const console = 'Details: code NS_ERROR_FAILURE (0x80004005), component ConsoleWrap, interface IConsole';
const file = (object: string): string =>
  `Details: code VBOX_E_FILE_ERROR (0x80bb0004), component ${object}Wrap, interface I${object}`;

const disk = '/home/ada/VirtualBox VMs/debian-13_1795368715856_90820/box-disk001.vmdk';
const noRoom = `VMDK: cannot write allocated data block in '${disk}' (VERR_DISK_FULL)`;

const hostOnly = 'VirtualBox Host-Only Ethernet Adapter #2';

/** Each by what it is. A real import has `--vsys`; the one that only looks at the box has not. */
export const troubles = {
  /** Another import at the same moment (VirtualBox issue 80). */
  importRace: failsForGood(
    'import --vsys',
    `0%...NS_ERROR_INVALID_ARG\nProgress state: NS_ERROR_INVALID_ARG\n${said(
      'Appliance import failed',
      'Code NS_ERROR_INVALID_ARG (0x80070057) - Invalid argument value (extended info not available)',
    )}`,
  ),
  importRaceOnWindows: failsForGood(
    'import --vsys',
    `0%...\nProgress state: E_INVALIDARG\n${saidOnWindows(
      'Appliance import failed',
      'Code E_INVALIDARG (0x80070057) - One or more arguments are invalid (extended info not available)',
    )}`,
  ),
  /** KVM or Hyper-V has the processor. */
  processorTakenIntel: failsForGood(
    'startvm',
    said('VT-x is being used by another hypervisor (VERR_VMX_IN_VMX_ROOT_MODE).', console),
  ),
  processorTakenAmd: failsForGood(
    'startvm',
    said(
      "VirtualBox can't enable the AMD-V extension. Please disable the KVM kernel extension, recompile your kernel and reboot (VERR_SVM_IN_USE)",
      console,
    ),
  ),
  /** From 7.2.10 on, with kvm.enable_virt_at_load=0. */
  processorNotEnabled: failsForGood(
    'startvm',
    said('Host API has not enabled SVME bit in EFER MSR. (VERR_SVM_HOST_SVME_NOT_ENABLED)', console),
  ),
  /** A network outside of what /etc/vbox/networks.conf allows. */
  rangeRefused: failsForGood(
    'hostonlyif ipconfig',
    said(
      'Code E_ACCESSDENIED (0x80070005) - Access denied (extended info not available)',
      'Context: "EnableStaticIPConfig(Bstr(pszIp).raw(), Bstr(pszNetmask).raw())" at line 242 of file VBoxManageHostonly.cpp',
    ),
  ),
  networkNotMade: failsForGood(
    'hostonlyif create',
    `0%...\nProgress state: E_INVALIDARG\n${saidOnWindows(
      'Failed to create the host-only adapter',
      'Details: code E_FAIL (0x80004005), component HostNetworkInterfaceWrap, interface IHostNetworkInterface',
    )}`,
  ),
  networkModuleMissing: failsForGood(
    'hostonlyif create',
    `0%...\nProgress state: NS_ERROR_FAILURE\n${said(
      'Failed to create the host-only adapter',
      'VBoxNetAdpCtl: Error while adding new interface: failed to open /dev/vboxnetctl: No such file or directory',
      'Details: code NS_ERROR_FAILURE (0x80004005), component HostNetworkInterfaceWrap, interface IHostNetworkInterface',
    )}`,
  ),
  /** It was made once, and the system has lost it. */
  networkDead: failsForGood(
    'startvm',
    saidOnWindows(
      `Failed to open/create the internal network 'HostInterfaceNetworking-${hostOnly}' (VERR_INTNET_FLT_IF_NOT_FOUND).`,
      'Failed to attach the network LUN (VERR_INTNET_FLT_IF_NOT_FOUND)',
      'Details: code E_FAIL (0x80004005), component ConsoleWrap, interface IConsole',
    ),
  ),
  diskFullAtImport: failsForGood(
    'import --vsys',
    `0%...10%...20%...\nProgress state: VBOX_E_FILE_ERROR\n${said(
      'Appliance import failed',
      `Could not create the imported medium '${disk}'.`,
      noRoom,
      file('Appliance'),
    )}`,
  ),
  diskFullAtClone: failsForGood(
    'clonevm',
    `0%...\nProgress state: VBOX_E_FILE_ERROR\n${said(
      `Could not create the differencing medium storage unit '${disk}'.`,
      noRoom,
      file('Machine'),
    )}`,
  ),
  diskFullAtStart: failsForGood('startvm', said(noRoom, console)),
} as const satisfies Readonly<Record<string, Misfortune>>;

export type Trouble = keyof typeof troubles;

/** What Vagrant says when VBoxManage has failed like that (templates/locales/en.yml: vboxmanage_error). */
export const wordsOfVagrant = ({ verb, stderr }: Misfortune): string =>
  `There was an error while executing \`VBoxManage\`, a CLI used by Vagrant
for controlling VirtualBox. The command and stderr is shown below.

Command: ${JSON.stringify(verb.split(' '))}

Stderr: ${stderr}`;
