import { must } from '../../../src/host/command.js';
import { ensureDir } from '../../../src/host/files.js';
import { pause, powerOff, powerOn, requireRigNetwork, resume, setLink } from './chassis.js';
import { renameVm } from './disk.js';
import {
  Failed,
  failure,
  progress,
  type Reply,
  refuseWhileOn,
  silent,
  untaught,
  type Verb,
  vmCalled,
} from './reply.js';
import { type Nic, paths, type State, type Vm } from './store.js';

/** Machines changed, switched on and off, and the host-only networks they are on. */

const unused: Nic = { kind: 'none', mac: '', cable: true };

const nicOf = (vm: Vm, card: string): Nic => vm.nics[card] ?? { ...unused, mac: `0800270000${card.padStart(2, '0')}` };

const changeNic = (vm: Vm, card: string, change: Partial<Nic>): void => {
  vm.nics[card] = { ...nicOf(vm, card), ...change };
};

const forward = (vm: Vm, rule: string): void => {
  const [name = '', ...rest] = rule.split(',');
  const port = (one: string) => one.split(',')[2];
  const taken = Object.entries(vm.forwards).some(([other, had]) => other === name || port(had) === port(rest.join()));
  if (taken) throw new Failed(failure(`A NAT rule of this name already exists`));
  vm.forwards[name] = rest.join(',');
};

/** What one option of modifyvm does; the number that ends its name is the card's. */
const options: Readonly<Record<string, (vm: Vm, value: string, card: string, home: string) => unknown>> = {
  '--name': (vm, value, _, home) => renameVm(home, vm, value),
  '--memory': (vm, value) => {
    vm.memoryMb = Number(value);
  },
  '--cpus': (vm, value) => {
    vm.cpus = Number(value);
  },
  '--macaddress': (vm, value, card) => {
    // Every rig has one NAT for each machine, so the same address in all of them is no clash.
    if (value !== 'auto') changeNic(vm, card, { mac: value });
  },
  '--nic': (vm, value, card) => changeNic(vm, card, { kind: value }),
  '--hostonlyadapter': (vm, value, card) => changeNic(vm, card, { network: value }),
  '--intnet': (vm, value, card) => changeNic(vm, card, { network: `int-${value}` }),
  '--cableconnected': (vm, value, card) => changeNic(vm, card, { cable: value === 'on' }),
};

/** Accepted and without effect on a container. */
const ignored =
  /^--(rtcuseutc|natdnsproxy|natdnshostresolver|nicpromisc|nictype|audio|audio-enabled|audio-driver|vram|graphicscontroller|paravirtprovider|groups|description|usb|usbehci|usbxhci|uart|uartmode|clipboard|clipboard-mode|draganddrop|vrde|ioapic|nested-hw-virt|cpuexecutioncap|nested-paging|largepages|hwvirtex|firmware|chipset)$/;

const applyOption = async (home: string, vm: Vm, option: string, value: string): Promise<void> => {
  const [, name = option, card = ''] = /^(--[a-z-]+?)(\d*)$/.exec(option) ?? [];
  if (ignored.test(name)) return;
  const change = options[name];
  if (change === undefined) throw new Failed(untaught(['modifyvm', option, value]));
  await change(vm, value, card, home);
};

const groupsOfWords = (words: readonly string[]): [string, string, (string | undefined)?][] => {
  const found: [string, string, (string | undefined)?][] = [];
  for (let at = 0; at < words.length; ) {
    const [option = '', value = '', third] = words.slice(at, at + 3);
    const deletes = option.startsWith('--natpf') && value === 'delete';
    found.push(deletes ? [option, value, third] : [option, value]);
    at += deletes ? 3 : 2;
  }
  return found;
};

export const modifyvm: Verb = async ({ home, state, words: [name = '', ...words] }) => {
  const vm = vmCalled(state, name);
  refuseWhileOn(vm);
  for (const [option, value, third] of groupsOfWords(words)) {
    if (!option.startsWith('--natpf')) await applyOption(home, vm, option, value);
    else if (third === undefined) forward(vm, value);
    else delete vm.forwards[third];
  }
  // Cards hang on their mains: a new one has an address of its own.
  for (const [card, nic] of Object.entries(vm.nics)) {
    if (nic.mac === '' || nic.mac.startsWith('0800270000')) changeNic(vm, card, { mac: macFor(vm, card) });
  }
  return silent;
};

const macFor = (vm: Vm, card: string): string => `0800${card.padStart(2, '0')}${vm.uuid.slice(0, 6).toUpperCase()}`;

export const startvm: Verb = async ({ home, state, words: [name = ''] }) => {
  const vm = vmCalled(state, name);
  refuseWhileOn(vm);
  await requireRigNetwork(home);
  await powerOn(home, vm);
  vm.power = 'on';
  const told = `Waiting for VM "${name}" to power on...\nVM "${name}" has been successfully started.\n`;
  return { stdout: told };
};

const notRunning = (vm: Vm): Reply => failure(`Machine '${vm.name}' is not currently running.`);

const setLinkState =
  (card: string) =>
  async (_: string, vm: Vm, value: string): Promise<Reply> => {
    const cable = value === 'on';
    changeNic(vm, card, { cable });
    await setLink(vm, card, cable ? 'up' : 'down');
    return silent;
  };

const controls: Readonly<Record<string, (home: string, vm: Vm, value: string) => Promise<Reply>>> = {
  poweroff: async (home, vm) => {
    await powerOff(home, vm);
    vm.power = 'off';
    return progress();
  },
  pause: async (home, vm) => {
    if (vm.power === 'paused') return failure('Already paused');
    await pause(home, vm);
    vm.power = 'paused';
    return silent;
  },
  resume: async (home, vm) => {
    if (vm.power !== 'paused') return failure('Cannot resume the machine as it is not paused (machine state: Running)');
    await resume(home, vm);
    vm.power = 'on';
    return silent;
  },
  setlinkstate2: setLinkState('2'),
  setlinkstate3: setLinkState('3'),
  nicpromisc2: async () => silent,
};

export const controlvm: Verb = async ({ home, state, words: [name = '', verb = '', value = ''] }) => {
  const vm = vmCalled(state, name);
  if (vm.power === 'off') return notRunning(vm);
  const control = controls[verb];
  if (control === undefined) return untaught(['controlvm', verb, value]);
  await requireRigNetwork(home);
  return control(home, vm, value);
};

const bits = (mask: string): number =>
  mask
    .split('.')
    .map((byte) => Number(byte).toString(2).replaceAll('0', '').length)
    .reduce((sum, count) => sum + count, 0);

const createHostOnly = async (home: string, state: State): Promise<Reply> => {
  await requireRigNetwork(home);
  const numbers = state.hostOnly.map(({ name }) => Number(name.slice('vboxnet'.length)));
  const name = `vboxnet${[...numbers, 0].findIndex((_, index) => !numbers.includes(index))}`;
  const script = `set -eu
ip link add "$1" address 0a:00:27:00:00:00 type bridge forward_delay 0 stp_state 0 mcast_snooping 0
ip link set "$1" up`;
  await must(['sh', '-c', script, 'create', name]);
  state.hostOnly.push({ name, ip: '', mask: '' });
  return progress(`Interface '${name}' was successfully created\n`);
};

export const hostonlyif: Verb = async ({ home, state, words: [verb = '', name = '', ...words] }) => {
  if (verb === 'create') return createHostOnly(home, state);
  const own = state.hostOnly.find((one) => one.name === name);
  if (own === undefined) return failure(`The host network interface named '${name}' could not be found`);
  await requireRigNetwork(home);
  if (verb === 'remove') {
    await must(['ip', 'link', 'delete', name]);
    state.hostOnly = state.hostOnly.filter((one) => one !== own);
    return progress();
  }
  own.ip = words[words.indexOf('--ip') + 1] ?? '';
  own.mask = words[words.indexOf('--netmask') + 1] ?? '';
  await must(['ip', 'address', 'replace', `${own.ip}/${bits(own.mask)}`, 'broadcast', '+', 'dev', name]);
  return silent;
};

/** The folder that Vagrant looks at before anything exists. */
export const ensureSettingsFolder = (home: string): Promise<void> => ensureDir(paths(home).settings);
