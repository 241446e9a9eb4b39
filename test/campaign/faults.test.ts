import test from 'ava';
import { faultTable, impossible, type OpenFault } from '../../src/campaign/faults/fault-table.js';
import { run } from '../../src/host/command.js';
import { type FaultKind, faultKinds } from '../../src/model/scenario.js';
import type { ExecResult, Provider } from '../../src/providers/provider.js';
import { plan } from '../check/plans.js';
import { needs } from '../rig/needs.js';

/** A provider without faults of its own, whose machines give one answer to everything and keep what they were told. */
const machines = (answer: Partial<ExecResult> = {}, faults: Provider['faults'] = {}) => {
  const told: (readonly string[])[] = [];
  const provider = {
    faults,
    state: async () => 'running',
    exec: async (_: string, argv: readonly string[]) => {
      told.push(argv);
      return { exitCode: 0, stdout: '', stderr: '', ...answer };
    },
  } as unknown as Provider;
  return { ground: { plan, provider }, told };
};

const examples: Readonly<Record<FaultKind, OpenFault>> = {
  'worker-killed': { machine: 'lb1', fault: 'worker-killed', service: 'haproxy' },
  switch: { machine: 'app', fault: 'switch' },
  'process-killed': { machine: 'lb1', fault: 'process-killed', service: 'haproxy' },
  'process-hung': { machine: 'lb1', fault: 'process-hung', service: 'keepalived' },
  'service-stopped': { machine: 'web', fault: 'service-stopped', service: 'nginx' },
  'service-restarted': { machine: 'app', fault: 'service-restarted', service: 'app' },
  'service-reloaded': { machine: 'lb1', fault: 'service-reloaded', service: 'haproxy' },
  'config-broken': { machine: 'lb1', fault: 'config-broken', service: 'haproxy' },
  'power-cut': { machine: 'db', fault: 'power-cut' },
  'machine-paused': { machine: 'web', fault: 'machine-paused' },
  'cable-cut': { machine: 'lb1', fault: 'cable-cut', direction: 'in' },
  'vrrp-partition': { machine: 'lb1', fault: 'vrrp-partition' },
  'cluster-partition': { machine: 'db', fault: 'cluster-partition' },
  promote: { machine: 'db', fault: 'promote' },
  'promote-blindly': { machine: 'db', fault: 'promote-blindly' },
  'packet-loss': { machine: 'lb1', fault: 'packet-loss', percent: 20 },
  'cpu-pressure': { machine: 'lb1', fault: 'cpu-pressure' },
  'memory-pressure': { machine: 'lb1', fault: 'memory-pressure', percent: 50 },
  'disk-full': { machine: 'lb1', fault: 'disk-full' },
  'table-dropped': { machine: 'db', fault: 'table-dropped' },
  'clock-jump': { machine: 'lb1', fault: 'clock-jump', bySeconds: -3600 },
};

/** The shell scripts among what a machine was told. */
const scriptsIn = (told: readonly (readonly string[])[]): string[] =>
  told.flatMap(([program, option, text]) => (program === 'sh' && option === '-c' && text ? [text] : []));

needs('shellcheck')('whatever a machine is told in shell is clean shell', async (t) => {
  const { ground, told } = machines({ stdout: 'tmpfs 16' });
  // A database is told SQL (see restore.test.ts), and what promotes runs the databases' own script.
  for (const kind of faultKinds.filter((each) => each !== 'table-dropped' && !each.startsWith('promote'))) {
    await faultTable[kind].impossible?.(ground, examples[kind]);
    await faultTable[kind].make(ground, examples[kind]);
    await faultTable[kind].undo(ground, examples[kind]);
  }
  const texts = [...new Set(scriptsIn(told))];
  t.true(texts.length >= 10);
  for (const text of texts) {
    const { stdout } = await run(['shellcheck', '--shell=dash', '-'], { input: text });
    t.is(stdout, '');
  }
});

test('a machine is told numbers, units and paths as words of their own, never as part of a script', async (t) => {
  const { ground, told } = machines({ stdout: 'tmpfs 16' });
  await faultTable['disk-full'].make(ground, { machine: 'lb1', fault: 'disk-full', path: '/srv/a b' });
  await faultTable['clock-jump'].make(ground, examples['clock-jump']);
  t.deepEqual(
    told.filter(([program]) => program === 'sh').map((argv) => argv.slice(3)),
    [
      ['look', '/srv/a b'],
      ['fill', '/srv/a b'],
      ['set the clock', '-3600'],
    ],
  );
});

test('a service that runs elsewhere can have no fault there', async (t) => {
  const { ground } = machines();
  t.is(
    await impossible(ground, { machine: 'web', fault: 'process-hung', service: 'haproxy' }),
    'haproxy does not run on web, only where the role is load-balancer',
  );
  t.is(await impossible(ground, examples['process-hung']), undefined);
  t.is(
    await impossible(ground, { machine: 'web', fault: 'vrrp-partition' }),
    'web is no load balancer, so it speaks no VRRP',
  );
});

test('what has no configuration or no reload says so', async (t) => {
  const { ground } = machines({ stdout: 'no\n' });
  t.is(
    await impossible(ground, { machine: 'db', fault: 'config-broken', service: 'database' }),
    'database has no configuration that it could read again',
  );
  t.is(await impossible(ground, { machine: 'app', fault: 'service-reloaded', service: 'app' }), 'app knows no reload');
});

test('a provider that can neither cut power or cable nor pause a machine says so', async (t) => {
  const { ground } = machines();
  t.is(await impossible(ground, examples['power-cut']), "the container provider can't cut the power");
  t.is(await impossible(ground, examples['machine-paused']), "the container provider can't pause a machine");
  t.is(await impossible(ground, { machine: 'lb1', fault: 'cable-cut' }), "the container provider can't pull the cable");
});

test('a kernel that takes no such table says so', async (t) => {
  const { ground } = machines({ exitCode: 1, stderr: 'Error: Could not process rule: Operation not supported' });
  for (const kind of ['cable-cut', 'vrrp-partition', 'packet-loss'] as const) {
    t.is(
      await impossible(ground, examples[kind]),
      'nftables on lb1 refuses it: Error: Could not process rule: Operation not supported',
    );
  }
});

test('a container’s disk is never filled, and its clock never set', async (t) => {
  const { ground, told } = machines({ stdout: 'overlayfs\n258048\n' });
  t.is(await impossible(ground, examples['disk-full']), 'lb1 is a container: / is on the disk of this computer');
  await t.throwsAsync(faultTable['disk-full'].make(ground, examples['disk-full']), {
    message: /disk of this computer/,
  });
  t.false(told.some((argv) => argv.includes('fill')));
  t.is(await impossible(ground, examples['clock-jump']), 'lb1 is a container: its clock is the clock of this computer');
  const large = machines({ stdout: 'tmpfs\n4821\n' });
  t.regex((await impossible(large.ground, examples['disk-full'])) ?? '', /is in the memory of this computer/);
});
