import test from 'ava';
import { detectionWords, preferredProvider } from '../../src/cli/detect-provider.js';
import { type ComputerState, gatherFacts } from '../../src/cli/doctor/facts.js';
import { diagnoses } from '../../src/cli/doctor/rules.js';
import { compareVersions } from '../../src/cli/doctor/versions.js';
import { labSchema } from '../../src/model/lab.js';
import { planOf } from '../../src/plan/plan.js';

const fine: ComputerState = {
  platform: 'linux',
  virtualbox: false,
  vagrant: false,
  nodeVersion: '20.17.0',
  root: true,
  kernel: '6.1.0',
  cores: 4,
  memoryMb: 16_000,
  freeMemoryMb: 12_000,
  freeDiskMb: 50_000,
  freeLabDiskMb: 50_000,
  hasBase: true,
  missingPackages: [],
  cgroups: 'v2',
  overlay: true,
  labIds: [],
  kvmLoaded: false,
  leftovers: [],
};

const containers = planOf(labSchema.parse({}));
const boxes = planOf(labSchema.parse({ provider: 'virtualbox' }));

const complaints = (changes: Partial<ComputerState>, plan = containers) =>
  diagnoses({ ...fine, ...changes }, plan).filter(({ level }) => level !== 'good');

test('a computer that has everything gets no complaint', (t) => {
  t.deepEqual(complaints({}), []);
  t.deepEqual(
    complaints({ virtualbox: true, vagrant: true, virtualboxVersion: '7.1.4', vagrantVersion: '2.4.3' }, boxes),
    [],
  );
});

const cases: readonly (readonly [string, Partial<ComputerState>, string, 'bad' | 'warn', RegExp])[] = [
  ['no root', { root: false }, 'root', 'bad', /sudo/],
  [
    'missing packages',
    { missingPackages: ['mmdebstrap'] },
    'packages',
    'bad',
    /^sudo apt-get install --yes mmdebstrap$/,
  ],
  ['no cgroups', { cgroups: 'none' }, 'cgroups', 'bad', /mount/],
  ['no overlay', { overlay: false }, 'overlay', 'bad', /modprobe overlay/],
  ['a full disk', { freeDiskMb: 500 }, 'disks', 'bad', /free/],
  ['room to run but not to build', { freeDiskMb: 2000, hasBase: false }, 'disks', 'bad', /free/],
  ['too little memory', { memoryMb: 2000, freeMemoryMb: 1000 }, 'memory', 'bad', /memoryMb/],
  ['memory in use', { freeMemoryMb: 1000 }, 'memory', 'warn', /close/],
  ['other labs', { labIds: ['aaaa0000'] }, 'labs', 'warn', /destroy/],
];

for (const [name, changes, subject, level, mend] of cases) {
  test(`${name}: says so, and what mends it`, (t) => {
    const [first, ...rest] = complaints(changes);
    t.is(first?.subject, subject);
    t.is(first?.level, level);
    t.regex(first?.mend ?? '', mend);
    t.deepEqual(rest, []);
  });
}

test('a VirtualBox that is too new for its Vagrant is told', (t) => {
  const both = { virtualbox: true, vagrant: true };
  const pairs = [
    ['7.2.0', '2.4.8', 1],
    ['7.2.0', '2.4.9', 0],
    ['7.1.4', '2.4.1', 1],
    ['7.0.18', '2.3.4', 0],
    ['6.1.50', '2.2.0', 0],
  ] as const;
  for (const [virtualboxVersion, vagrantVersion, count] of pairs) {
    const found = complaints({ ...both, virtualboxVersion, vagrantVersion }, boxes);
    t.is(found.filter(({ subject }) => subject === 'versions').length, count, `${virtualboxVersion} ${vagrantVersion}`);
  }
});

test('what VirtualBox lacks, and what is in its way, is told', (t) => {
  const subjects = (changes: Partial<ComputerState>, plan = boxes) =>
    complaints(changes, plan).map(({ subject }) => subject);
  t.deepEqual(subjects({}), ['vagrant', 'virtualbox']);
  const both = { virtualbox: true, vagrant: true, virtualboxVersion: '7.1.4', vagrantVersion: '2.4.3' };
  t.deepEqual(subjects({ ...both, kernel: '6.12.3', kvmLoaded: true }), ['kvm']);
  const outside = planOf(labSchema.parse({ provider: 'virtualbox', network: { subnet: '10.9.8.0/24' } }));
  t.deepEqual(subjects(both, outside), ['network']);
  t.deepEqual(subjects({ ...both, vboxNetworks: '* 10.9.8.0/24\n' }, outside), []);
});

test('the facts of this very computer can be gathered', async (t) => {
  const facts = await gatherFacts(process.env, '.', undefined, []);
  t.is(facts.nodeVersion, process.versions.node);
  t.true(facts.memoryMb > 100 && facts.freeMemoryMb <= facts.memoryMb);
  t.true(diagnoses(facts, undefined).length >= 3);
});

test('VirtualBox is chosen with Vagrant or where containers cannot be; else containers', (t) => {
  const chosen = (platform: NodeJS.Platform, virtualbox: boolean, vagrant: boolean) =>
    preferredProvider({ platform, virtualbox, vagrant });
  t.is(chosen('linux', true, true), 'virtualbox');
  t.is(chosen('linux', true, false), 'container');
  t.is(chosen('linux', false, true), 'container');
  t.is(chosen('darwin', false, false), 'virtualbox');
  t.regex(
    detectionWords({ platform: 'win32', virtualbox: false, vagrant: true }),
    /VirtualBox must still be installed/,
  );
});

test('versions are compared by number', (t) => {
  t.true(compareVersions('2.4.10', '2.4.9') > 0);
  t.true(compareVersions('6.12.0-arm64', '6.2') > 0);
  t.is(compareVersions('7.1', '7.1.0'), 0);
});
