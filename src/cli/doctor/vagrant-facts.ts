import { homedir, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { exists, namesIn, readIfAny } from '../../host/files.js';
import { canStart, type Env } from '../../host/program.js';
import type { Plan } from '../../model/plan.js';
import { boxName } from '../../plan/boxes.js';
import { boxPath } from '../../providers/vagrant/box-place.js';
import { networksFile } from '../../providers/vagrant/host-only-ranges.js';
import { hypervisorOf } from '../../providers/vagrant/hypervisors/hypervisors.js';
import { type InstalledBox, installedBoxes } from '../../providers/vagrant/installed-boxes.js';
import { vagrantHome } from '../../providers/vagrant/places.js';
import { type Answer, ask, wordsOf } from './ask.js';
import { freeMb } from './free-space.js';
import { cidrOf, linuxRoutes, macRoutes, type UsedNetwork, usedNetworks, windowsRoutes } from './networks.js';
import {
  type DhcpServer,
  dhcpServersIn,
  type HostOnly,
  hostOnlyIn,
  hostOnlyNetsIn,
  idsIn,
  inaccessibleIn,
  machineFolderIn,
} from './virtualbox-lists.js';

/** What Vagrant and its hypervisor are and have. */
export interface VagrantState {
  /** What `vagrant --version` and the hypervisor's `--version` said. */
  readonly vagrant: Answer;
  readonly hypervisor: Answer;
  readonly ssh: boolean;
  /** Whether Vagrant finds the program that it unpacks boxes with. */
  readonly bsdtar: boolean;
  /** Where Vagrant keeps its own things. */
  readonly home: string;
  readonly networks: readonly UsedNetwork[];
  /** What Vagrant has of the lab's box. */
  readonly boxes: readonly InstalledBox[];
  /** Whether the box file that lab.yaml names is there; undefined when it names none, or a URL. */
  readonly boxFile?: boolean | undefined;
  /** Free where Vagrant keeps boxes, and where the hypervisor keeps machines. */
  readonly freeBoxDiskMb: number;
  readonly freeMachineDiskMb: number;
  readonly machineFolder: string;
  readonly virtualbox?: VirtualboxState | undefined;
  readonly libvirt?: LibvirtState | undefined;
}

export interface VirtualboxState {
  /** The text of /etc/vbox/networks.conf. */
  readonly networksConf?: string | undefined;
  readonly hostOnly: readonly HostOnly[];
  readonly dhcpServers: readonly DhcpServer[];
  /** Ids of all machines, and of those whose files are gone; undefined when VirtualBox does not tell. */
  readonly machines?: readonly string[] | undefined;
  readonly inaccessible: readonly string[];
}

export interface LibvirtState {
  /** What `virsh list` said of the system's libvirt. */
  readonly connection: Answer;
  readonly plugin: boolean;
  /** What `dnsmasq --version` said: libvirt starts no network without it. */
  readonly dnsmasq: Answer;
  /** What `qemu-img --version` said: vagrant-libvirt makes each machine's disk with it. */
  readonly qemuImg: Answer;
}

export const vagrantState = async (env: Env, plan: Plan, folder: string): Promise<VagrantState> => {
  const { versionCommand } = hypervisorOf(plan.provider);
  const home = vagrantHome(env);
  const onVirtualbox = plan.provider === 'virtualbox';
  const [vagrant, hypervisor, ssh, bsdtar, routes, boxes, boxFile, freeBoxDiskMb, virtualbox, libvirt] =
    await Promise.all([
      ask(['vagrant', '--version']),
      ask(versionCommand()),
      canStart('ssh', env, process.platform),
      hasBsdtar(env),
      routesOf(process.platform),
      installedBoxes(home, boxName(plan)),
      isBoxThere(plan, folder),
      freeMb(join(home, 'boxes')),
      onVirtualbox ? virtualboxState() : undefined,
      onVirtualbox ? undefined : libvirtState(home),
    ]);
  const machineFolder = virtualbox?.folder ?? '/var/lib/libvirt/images';
  return {
    vagrant,
    hypervisor,
    ssh,
    bsdtar,
    home,
    networks: usedNetworks(cards(), routes),
    boxes,
    boxFile,
    freeBoxDiskMb,
    freeMachineDiskMb: await freeMb(machineFolder),
    machineFolder,
    virtualbox: virtualbox?.state,
    libvirt,
  };
};

/** The packages of its maker bring one, on Windows and macOS always. */
const hasBsdtar = async (env: Env): Promise<boolean> =>
  process.platform !== 'linux' ||
  (await exists('/opt/vagrant/embedded/bin/bsdtar').catch(() => false)) ||
  canStart('bsdtar', env, process.platform);

const cards = (): UsedNetwork[] =>
  Object.entries(networkInterfaces()).flatMap(([by, addresses = []]) =>
    addresses
      .filter(({ family }) => family === 'IPv4')
      .map(({ address, netmask }) => ({ by, address, cidr: cidrOf(address, netmask), kind: 'card' as const })),
  );

const routesOf = async (platform: NodeJS.Platform): Promise<UsedNetwork[]> => {
  if (platform === 'linux') return linuxRoutes((await readIfAny('/proc/net/route').catch(() => undefined)) ?? '');
  if (platform === 'win32') return windowsRoutes(wordsOf(await ask(['route.exe', 'print', '-4'])));
  return macRoutes(wordsOf(await ask(['/usr/sbin/netstat', '-rn', '-f', 'inet'])));
};

const isBoxThere = async ({ box: { url } }: Plan, folder: string): Promise<boolean | undefined> => {
  const file = url === undefined ? undefined : boxPath(url, folder);
  return file === undefined ? undefined : exists(file).catch(() => false);
};

const virtualboxState = async (): Promise<{ readonly folder: string; readonly state: VirtualboxState }> => {
  const [program = 'VBoxManage'] = hypervisorOf('virtualbox').versionCommand();
  const list = (what: string) => ask([program, 'list', what]);
  const [networksConf, hostOnly, hostOnlyNets, dhcp, properties, vms] = await Promise.all([
    readIfAny(networksFile).catch(() => undefined),
    list('hostonlyifs'),
    list('hostonlynets'),
    list('dhcpservers'),
    list('systemproperties'),
    list('vms'),
  ]);
  const machines = wordsOf(vms);
  return {
    folder: machineFolderIn(wordsOf(properties)) ?? join(homedir(), 'VirtualBox VMs'),
    state: {
      networksConf,
      hostOnly: [...hostOnlyIn(wordsOf(hostOnly)), ...hostOnlyNetsIn(wordsOf(hostOnlyNets))],
      dhcpServers: dhcpServersIn(wordsOf(dhcp)),
      machines: typeof vms === 'object' && vms.exitCode === 0 ? idsIn(machines) : undefined,
      inaccessible: inaccessibleIn(machines),
    },
  };
};

/** Plugins of the user's, and those that a distribution's package brings (lib/vagrant/plugin/state_file.rb). */
const hasPlugin = async (home: string): Promise<boolean> => {
  const system = '/usr/share/vagrant-plugins';
  const parts = (await namesIn(join(system, 'plugins.d')).catch(() => [])).map((name) =>
    join(system, 'plugins.d', name),
  );
  const files = [join(home, 'plugins.json'), join(system, 'plugins.json'), ...parts];
  const texts = await Promise.all(files.map((file) => readIfAny(file).catch(() => undefined)));
  return texts.some((text) => text?.includes('"vagrant-libvirt"'));
};

/** It lies where only root's PATH leads. */
const askDnsmasq = async (): Promise<Answer> => {
  const answer = await ask(['dnsmasq', '--version']);
  return answer === 'missing' ? ask(['/usr/sbin/dnsmasq', '--version']) : answer;
};

const libvirtState = async (home: string): Promise<LibvirtState> => {
  const [connection, plugin, dnsmasq, qemuImg] = await Promise.all([
    ask(['virsh', '--connect', 'qemu:///system', 'list', '--name']),
    hasPlugin(home),
    askDnsmasq(),
    ask(['qemu-img', '--version']),
  ]);
  return { connection, plugin, dnsmasq, qemuImg };
};
