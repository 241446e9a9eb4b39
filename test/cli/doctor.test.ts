import test from 'ava';
import { gatherFacts } from '../../src/cli/doctor/facts.js';
import { findings } from '../../src/cli/doctor/rules.js';
import { planOf } from '../../src/plan/plan.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { boxes, complaints, containers, fine, roomForContainers, withBoxes } from './computers.js';

test('a computer that has everything gets no complaint', (t) => {
  t.deepEqual(complaints(fine, containers), []);
  t.deepEqual(complaints(withBoxes(), boxes), []);
});

const some = roomForContainers;

const cases: readonly (readonly [string, Partial<typeof fine>, string, 'bad' | 'warn', RegExp])[] = [
  ['no root', { root: false }, 'root', 'bad', /sudo/],
  [
    'missing packages',
    { containers: { ...some, missingPackages: ['mmdebstrap'] } },
    'packages',
    'bad',
    /^sudo apt-get install --yes mmdebstrap$/,
  ],
  ['no cgroups', { containers: { ...some, cgroups: 'none' } }, 'cgroups', 'bad', /mount/],
  ['no overlay', { containers: { ...some, overlay: false } }, 'overlay', 'bad', /modprobe overlay/],
  [
    'a place that takes no overlay',
    {
      containers: {
        ...some,
        noLayers: 'no overlay (overlayfs)',
        apart: { noUserNamespaces: 'it says so too', boundsProcesses: true, noImages: undefined },
      },
    },
    'overlay',
    'bad',
    /QUINTET_HOME=/,
  ],
  ['few open files', { containers: { ...some, tooFewFiles: 'no more than 1,024' } }, 'open files', 'bad', /ulimit -Hn/],
  [
    'no user namespaces',
    {
      containers: {
        ...some,
        apart: { noUserNamespaces: 'idmap: Invalid argument', boundsProcesses: true, noImages: undefined },
      },
    },
    'user namespaces',
    'bad',
    /--trust/,
  ],
  [
    'no bound of processes',
    { containers: { ...some, apart: { noUserNamespaces: undefined, boundsProcesses: false, noImages: undefined } } },
    'processes',
    'warn',
    /pids/,
  ],
  [
    'no loop devices',
    { containers: { ...some, apart: { noUserNamespaces: undefined, boundsProcesses: true, noImages: 'no loop' } } },
    'disk files',
    'warn',
    /module loop/,
  ],
  ['a full disk', { containers: { ...some, freeDiskMb: 500 } }, 'disks', 'bad', /free/],
  [
    'room to run but not to build',
    { containers: { ...some, freeDiskMb: 2000, hasBase: false } },
    'disks',
    'bad',
    /free/,
  ],
  ['too little memory', { memoryMb: 2000, freeMemoryMb: 1000 }, 'memory', 'bad', /memoryMb/],
  ['memory in use', { freeMemoryMb: 1000 }, 'memory', 'warn', /close/],
  ['no room for reports', { freeLabDiskMb: 50 }, 'disk', 'bad', /free/],
  [
    'a lab without a folder',
    { containers: { ...some, labIds: ['aaaa0000'], goneLabs: [{ id: 'aaaa0000', folder: '/home/me/lab' }] } },
    'gone labs',
    'warn',
    /destroy --gone/,
  ],
  ['other labs', { containers: { ...some, labIds: ['aaaa0000'] } }, 'labs', 'warn', /destroy/],
];

for (const [name, changes, what, outcome, mend] of cases) {
  test(`${name}: says so, and what mends it`, (t) => {
    const [first, ...rest] = complaints({ ...fine, ...changes }, containers);
    t.is(first?.what, what);
    t.is(first?.outcome, outcome);
    t.regex(first?.mend ?? '', mend);
    t.deepEqual(rest, []);
  });
}

test('machines that run need no memory more', (t) => {
  const lab = { leftovers: [], running: ['lb1', 'lb2', 'web', 'app', 'db'], known: [], orphans: [], openFaults: 0 };
  t.deepEqual(complaints({ ...fine, freeMemoryMb: 300, lab }, containers), []);
});

test('faults that were never undone are told', (t) => {
  const lab = { leftovers: [], running: [], known: [], orphans: [], openFaults: 2 };
  const [found] = complaints({ ...fine, lab }, containers);
  t.is(found?.what, 'faults');
  t.regex(found?.mend ?? '', /quintet heal/);
});

for (const provider of ['container', 'virtualbox', 'libvirt'] as const) {
  test(`what ${provider} needs of this very computer can be found out`, async (t) => {
    const plan = planOf(labSchema.parse({ provider }));
    const facts = await gatherFacts(process.env, '.', plan);
    t.is(facts.nodeVersion, process.versions.node);
    t.true(facts.memoryMb > 100 && facts.freeMemoryMb <= facts.memoryMb);
    const found = findings(facts, plan);
    t.true(found.length >= 5);
    t.true(found.every(({ outcome, mend }) => outcome === 'good' || mend !== undefined));
  });
}
