import test from 'ava';
import { planOf } from '../../src/plan/plan.js';
import { addCommand } from '../../src/providers/vagrant/box.js';
import { hintFor } from '../../src/providers/vagrant/hints.js';
import { hypervisorOf } from '../../src/providers/vagrant/hypervisors/hypervisors.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { type Trouble, troubles, wordsOfVagrant } from '../rig/vboxmanage/troubles.js';

const known: readonly (readonly [name: string, words: string, hint: RegExp])[] = [
  ['Vagrant::Errors::MachineActionLockedError', 'An action is already running', /Another vagrant command/],
  [
    'Vagrant::Errors::VirtualBoxInvalidHostSubnet',
    'The IP address configured is not within the allowed ranges',
    /networks\.conf/,
  ],
  ['Vagrant::Errors::VirtualBoxInvalidHostSubnet', 'not within the allowed ranges', /keep 192\.168\.56\.0\/21 in it/],
  [
    'Vagrant::Errors::VBoxManageError',
    'VBoxManage: error: Cannot run the machine because its platform architecture x86 is not supported on ARM\nVBoxManage: error: Details: code VBOX_E_PLATFORM_ARCH_NOT_SUPPORTED (0x80bb0012)',
    /^The box is made for x86, and this computer is ARM: name a box for ARM/,
  ],
  ['Vagrant::Errors::BoxAddNoMatchingArchitecture', 'The box does not support it', /another kind of processor.*box/],
  [
    'Vagrant::Errors::CommandUnavailable',
    "The executable 'bsdtar' Vagrant is trying to run was not\nfound in the PATH.",
    /libarchive-tools/,
  ],
  ['Vagrant::Errors::VMBootTimeout', 'Timed out while waiting for the machine to boot.', /never answered over SSH/],
  ['Vagrant::Errors::BoxChecksumMismatch', 'The checksum of the downloaded box did not match', /box\.sha256/],
  [
    'Vagrant::Errors::VBoxManageError',
    "VBoxManage: error: The machine 'web' is already locked for a session (or being unlocked)",
    /close its window/,
  ],
];

for (const [name, words, hint] of known) {
  test(`${name} with "${words.slice(0, 40)}" has a hint`, (t) => {
    t.regex(hintFor({ name, words }) ?? '', hint);
  });
}

const hintsOfTroubles: Readonly<Record<Trouble, RegExp>> = {
  importRace: /one box at a time/,
  importRaceOnWindows: /one box at a time/,
  processorTakenIntel: /modprobe -r/,
  processorTakenAmd: /modprobe -r/,
  processorNotEnabled: /take kvm\.enable_virt_at_load=0 off/,
  rangeRefused: /networks\.conf/,
  networkNotMade: /host-only network does not work/,
  networkModuleMissing: /kernel module/,
  networkDead: /host-only network does not work/,
  diskFullAtImport: /disk is full/,
  diskFullAtClone: /disk is full/,
  diskFullAtStart: /disk is full/,
};

for (const [name, hint] of Object.entries(hintsOfTroubles) as [Trouble, RegExp][]) {
  test(`what VirtualBox says of ${name} has the right hint`, (t) => {
    const words = wordsOfVagrant(troubles[name]);
    t.regex(hintFor({ name: 'Vagrant::Errors::VBoxManageError', words }) ?? '', hint);
  });
}

test('an unknown failure has none', (t) => {
  t.is(hintFor({ name: 'Vagrant::Errors::Whatever', words: 'something new' }), undefined);
});

const siteOf = (box: object) => ({
  folder: '/lab',
  id: '00c0ffee',
  plan: planOf(labSchema.parse({ provider: 'virtualbox', box })),
});

test('a public box is added by its name', (t) => {
  t.deepEqual(addCommand(siteOf({})), ['box', 'add', '--provider', 'virtualbox', 'bento/debian-13']);
});

test('a box file is added under a name of its own and held to its checksum', (t) => {
  const sha256 = 'a'.repeat(64);
  t.deepEqual(addCommand(siteOf({ url: './my box.box', sha256 })), [
    ...['box', 'add', '--provider', 'virtualbox', '--name', 'quintet/lab'],
    ...['--checksum-type', 'sha256', '--checksum', sha256, './my box.box'],
  ]);
});

test("a machine is known by its folder's and its own name, and by nothing that only looks like it", (t) => {
  const { nameOf } = hypervisorOf('virtualbox');
  t.true(nameOf('my-lab', 'lb1').test('my-lab_lb1_1795376045729_73288'));
  t.false(nameOf('my-lab', 'lb1').test('mylab_lb1_1795376045729_73288'));
  t.false(nameOf('my-lab', 'lb1').test('my-lab_lb10_1795376045729_73288'));
  t.true(hypervisorOf('libvirt').nameOf('lab', 'db').test('lab_db'));
});

test('a machine of a folder with an odd name has the name that Vagrant makes of it', (t) => {
  const folder = `Ada's lab (v1.2)`;
  t.true(hypervisorOf('virtualbox').nameOf(folder, 'lb1').test('Adaslabv12_lb1_1795376045729_73288'));
  t.true(hypervisorOf('libvirt').nameOf(folder, 'lb1').test('Adaslabv1.2_lb1'));
  t.false(hypervisorOf('libvirt').nameOf(folder, 'lb1').test('Adaslabv1x2_lb1'));
});
