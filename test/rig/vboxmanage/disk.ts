import { randomBytes, randomUUID } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { must } from '../../../src/host/command.js';
import { ensureDir, exists, removeTree, writeFileAtomic } from '../../../src/host/files.js';
import { removeFolder } from '../../../src/providers/container/remove.js';
import { Failed, failure, progress, refuseWhileOn, silent, untaught, type Verb, vmCalled } from './reply.js';
import { settingsFile, snapshotLines } from './show.js';
import { paths, type Snapshot, type State, type Vm } from './store.js';

/** Machines made, copied and removed: appliance import, linked clones, snapshots. */

/** What stands in a stand-in's disk image instead of a disk. */
export interface DiskImage {
  readonly standIn: string;
  /** The folders that the machine's disk rests on, uppermost first. */
  readonly layers: readonly string[];
}

const newMac = (): string => `080027${randomBytes(3).toString('hex').toUpperCase()}`;

/** Vagrant removes machine folders without a file in them. */
const register = async (home: string, state: State, vm: Vm): Promise<void> => {
  if (state.vms.some(({ name }) => name === vm.name)) {
    throw new Failed(failure(`Machine settings file '${settingsFile(home, vm)}' already exists`));
  }
  await ensureDir(dirname(settingsFile(home, vm)));
  await writeFileAtomic(settingsFile(home, vm), `<!-- a stand-in's machine -->\n`);
  await ensureDir(join(paths(home).machine(vm.uuid), 'upper'), 0o755);
  state.vms.push(vm);
};

const newVm = (name: string, layers: readonly string[]): Vm => ({
  uuid: randomUUID(),
  name,
  layers,
  nics: { 1: { kind: 'nat', mac: newMac(), cable: true } },
  forwards: {},
  memoryMb: 512,
  cpus: 1,
  power: 'off',
  snapshots: [],
});

interface Appliance {
  readonly name: string;
  readonly disk: string;
}

const readAppliance = async (ovf: string): Promise<Appliance> => {
  const text = await readFile(ovf, 'utf8').catch(() => {
    throw new Failed(failure('Appliance read failed', `Could not open file ${ovf}: no such file`));
  });
  const [name, disk] = [/<VirtualSystem ovf:id="([^"]+)"/, /ovf:href="([^"]+)"/].map((found) => found.exec(text)?.[1]);
  if (name === undefined || disk === undefined)
    throw new Failed(failure('Appliance read failed', `${ovf} is no appliance`));
  return { name, disk };
};

const interpretation = (home: string, ovf: string, { name, disk }: Appliance): string => `Interpreting ${ovf}...
OK.
Disks:
  vmdisk1\t21474836480\t-1\thttp://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized\t${disk}\t-1\t-1\t

Virtual system 0:
 0: Suggested OS type: "Debian_64"
    (change with "--vsys 0 --ostype <type>"; use "list ostypes" to list all possible values)
 1: Suggested VM name "${name}"
    (change with "--vsys 0 --vmname <name>")
 2: Suggested VM group "/"
    (change with "--vsys 0 --group <group>")
 3: Suggested VM settings file name "${paths(home).settings}/${name}/${name}.vbox"
    (change with "--vsys 0 --settingsfile <filename>")
 4: Suggested VM base folder "${paths(home).settings}"
    (change with "--vsys 0 --basefolder <path>")
 5: Number of CPUs: 1
    (change with "--vsys 0 --cpus <n>")
 6: Guest memory: 512 MB
    (change with "--vsys 0 --memory <MB>")
 7: Network adapter: orig NAT, config 3, extra slot=0;type=NAT
 8: SATA controller, type AHCI
    (disable with "--vsys 0 --unit 8 --ignore")
 9: Hard disk image: source image=${disk}, target path=${disk}, controller=8;port=0
    (change target path with "--vsys 0 --unit 9 --disk path";
    disable with "--vsys 0 --unit 9 --ignore")
`;

const wordAfter = (words: readonly string[], option: string): string | undefined =>
  words.includes(option) ? words[words.indexOf(option) + 1] : undefined;

export const importAppliance: Verb = async ({ home, state, words }) => {
  const ovf = words.find((word) => word.endsWith('.ovf')) ?? '';
  const appliance = await readAppliance(ovf);
  const told = interpretation(home, ovf, appliance);
  if (words.includes('-n')) return progress(told);
  const image = JSON.parse(await readFile(join(dirname(ovf), basename(appliance.disk)), 'utf8')) as DiskImage;
  await register(home, state, newVm(wordAfter(words, '--vmname') ?? appliance.name, image.layers));
  return progress(`${told}Successfully imported the appliance.\n`);
};

/** A linked clone rests on the snapshot it was made from; a full one gets a copy. */
export const clonevm: Verb = async ({ home, state, words }) => {
  const source = vmCalled(state, words[0] ?? '');
  const name = wordAfter(words, '--name') ?? `${source.name} Clone`;
  const snapshot = source.snapshots.find((one) => one.name === wordAfter(words, '--snapshot'));
  if (snapshot === undefined) return failure(`Could not find a snapshot named '${wordAfter(words, '--snapshot')}'`);
  const vm = newVm(name, [paths(home).snapshot(snapshot.uuid), ...source.layers]);
  await register(home, state, { ...vm, memoryMb: source.memoryMb, cpus: source.cpus });
  return progress(`Machine has been successfully cloned as "${name}"\n`);
};

const upperOf = (home: string, vm: Vm): string => join(paths(home).machine(vm.uuid), 'upper');

/** As a disk looks after a power cut: a copy while the machine runs holds what had reached it. */
const copyTree = (from: string, to: string) => must(['cp', '--archive', '--no-target-directory', from, to]);

const snapshotCalled = (vm: Vm, name = ''): Snapshot => {
  const found = vm.snapshots.find((one) => one.name === name || one.uuid === name);
  if (found === undefined) throw new Failed(failure(`Could not find a snapshot named '${name}'`));
  return found;
};

const snapshotVerbs: Readonly<Record<string, Verb>> = {
  list: async ({ state, words }) => {
    const { snapshots } = vmCalled(state, words[0] ?? '');
    if (snapshots.length === 0) return { stdout: 'This machine does not have any snapshots\n', exitCode: 1 };
    return { stdout: `${snapshotLines(vmCalled(state, words[0] ?? '')).join('\n')}\n` };
  },
  take: async ({ home, state, words }) => {
    const vm = vmCalled(state, words[0] ?? '');
    const { nics, forwards, memoryMb, cpus, currentSnapshot: parent } = vm;
    const settings = structuredClone({ nics, forwards, memoryMb, cpus });
    const snapshot = { name: words[2] ?? '', uuid: randomUUID(), parent, settings };
    await ensureDir(dirname(paths(home).snapshot(snapshot.uuid)));
    await copyTree(upperOf(home, vm), paths(home).snapshot(snapshot.uuid));
    vm.snapshots = [...vm.snapshots, snapshot];
    vm.currentSnapshot = snapshot.uuid;
    return progress(`Snapshot taken. UUID: ${snapshot.uuid}\n`);
  },
  restore: async ({ home, state, words }) => {
    const vm = vmCalled(state, words[0] ?? '');
    refuseWhileOn(vm);
    const snapshot = snapshotCalled(vm, words[2]);
    await removeTree(upperOf(home, vm));
    await copyTree(paths(home).snapshot(snapshot.uuid), upperOf(home, vm));
    Object.assign(vm, structuredClone(snapshot.settings), { currentSnapshot: snapshot.uuid });
    return progress(`Restoring snapshot '${snapshot.name}' (${snapshot.uuid})\n`);
  },
  delete: async ({ home, state, words }) => {
    const vm = vmCalled(state, words[0] ?? '');
    const gone = snapshotCalled(vm, words[2]);
    const children = vm.snapshots.filter(({ parent }) => parent === gone.uuid);
    if (children.length > 1) {
      const why = `has more than one child snapshot (${children.length})`;
      return failure(`Snapshot '${gone.name}' of the machine '${vm.name}' ${why}`);
    }
    await removeTree(paths(home).snapshot(gone.uuid));
    for (const child of children) child.parent = gone.parent;
    if (vm.currentSnapshot === gone.uuid) vm.currentSnapshot = gone.parent;
    vm.snapshots = vm.snapshots.filter((one) => one !== gone);
    return progress();
  },
  edit: async ({ state, words }) => {
    if (words[3] !== '--name') return untaught(['snapshot', ...words]);
    snapshotCalled(vmCalled(state, words[0] ?? ''), words[2]).name = words[4] ?? '';
    return silent;
  },
};

export const snapshot: Verb = async (call) => {
  const verb = snapshotVerbs[call.words[1] ?? ''];
  return verb === undefined ? untaught(['snapshot', ...call.words]) : verb(call);
};

export const unregistervm: Verb = async ({ home, state, words }) => {
  const vm = vmCalled(state, words[0] ?? '');
  refuseWhileOn(vm);
  for (const { uuid } of vm.snapshots) await removeTree(paths(home).snapshot(uuid));
  await removeFolder(paths(home).machine(vm.uuid));
  await removeTree(dirname(settingsFile(home, vm)));
  state.vms = state.vms.filter((one) => one !== vm);
  return progress();
};

/** A machine's folder has its name. */
export const renameVm = async (home: string, vm: Vm, name: string): Promise<void> => {
  const from = settingsFile(home, vm);
  vm.name = name;
  if (!(await exists(from))) return;
  await ensureDir(dirname(settingsFile(home, vm)));
  await rename(from, settingsFile(home, vm));
  await rm(dirname(from), { recursive: true, force: true });
};

/** What `export` writes is an appliance again, resting on a copy of the disk. */
export const exportAppliance: Verb = async ({ home, state, words }) => {
  const vm = vmCalled(state, words[0] ?? '');
  const ovf = wordAfter(words, '--output');
  if (ovf === undefined) return untaught(['export', ...words]);
  const copy = `${paths(home).machine(vm.uuid)}-exported`;
  await removeTree(copy);
  await copyTree(upperOf(home, vm), copy);
  await writeFileAtomic(ovf, ovfText(vm.name, 'box-disk001.vmdk'));
  await writeFileAtomic(join(dirname(ovf), 'box-disk001.vmdk'), diskText([copy, ...vm.layers]));
  return progress('Successfully exported 1 machine(s).\n');
};

export const diskText = (layers: readonly string[]): string =>
  `${JSON.stringify({ standIn: 'a description of folders, not a disk', layers } satisfies DiskImage)}\n`;

export const ovfText = (name: string, disk: string): string => `<?xml version="1.0"?>
<!-- A stand-in's appliance: only Quintet's test equipment can import it. -->
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
  <References><File ovf:id="file1" ovf:href="${disk}"/></References>
  <VirtualSystem ovf:id="${name}"/>
</Envelope>
`;
