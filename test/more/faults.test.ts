import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { gatherHolders } from '../../src/campaign/checks/gather-holders.js';
import { type FaultAnswer, impossible, type OpenFault } from '../../src/campaign/faults/fault-table.js';
import { heal, makeFault, readOpenFaults, undoFault } from '../../src/campaign/open-faults.js';
import { fault as faultVerb } from '../../src/cli/verbs/fault.js';
import { heal as healVerb } from '../../src/cli/verbs/heal.js';
import { run } from '../../src/host/command.js';
import type { Plan } from '../../src/model/plan.js';
import { planOf } from '../../src/plan/plan.js';
import { containerProvider } from '../../src/providers/container/container.js';
import type { LabSite, Provider } from '../../src/providers/provider.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { world } from '../cli/world.js';
import { needs } from '../rig/needs.js';
import { sharedLab } from '../rig/shared-lab.js';
import { labIdOf } from '../rig/traces.js';

/** Every fault that containers allow is made, seen and undone on real machines; each twice, for nothing may depend on once. */

const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip').serial;
const folder = sharedLab();
const plan = planOf(labSchema.parse({ name: 'scale-up', provider: 'container' }));
let site: LabSite;
let provider: Provider;
let ground: { readonly plan: Plan; readonly provider: Provider };
const quiet = () => undefined;
const { vip, siteName } = plan.network;

test.before(async () => {
  site = { folder, id: await labIdOf(folder), plan };
  provider = containerProvider(site);
  ground = { plan, provider };
  await until(answers);
});

// One that fails shall be the only one.
test.afterEach.always(async () => {
  await heal(site, provider, quiet);
});

const sh = async (machine: string, script: string, ...words: readonly string[]): Promise<string> => {
  const { exitCode, stdout, stderr } = await provider.exec(machine, ['sh', '-c', script, 'sh', ...words]);
  if (exitCode !== 0) throw new Error(`${machine}: ${script}: ${stderr}`);
  return stdout.trim();
};

const works = async (machine: string, script: string): Promise<boolean> =>
  (await provider.exec(machine, ['bash', '-c', script], { timeoutMs: 1000 })).exitCode === 0;

const until = async (good: () => Promise<boolean>, mostMs = 15_000): Promise<boolean> => {
  for (const untilMs = performance.now() + mostMs; ; await delay(50)) {
    if (await good()) return true;
    if (performance.now() > untilMs) return false;
  }
};

/** Whether a visitor gets the start page. */
const answers = async (): Promise<boolean> => {
  const url = `https://${siteName}:${plan.ports.https}/`;
  const resolve = `${siteName}:${plan.ports.https}:${vip}`;
  const curl = ['curl', '--silent', '--insecure', '--fail', '--max-time', '1', '--resolve', resolve, url];
  return (await run(provider.atVantage(curl))).stdout.includes('Quintet');
};

const holders = async (): Promise<string> => [...(await gatherHolders(ground)).holders].sort().join();
const oneHolds = async () => /^lb[12]$/.test(await holders());
const show = (machine: string, unit: string, property: string): Promise<string> =>
  sh(machine, 'systemctl show --value --property="$2" "$1"', unit, property);
const mainProcess = (machine: string, unit: string): Promise<string> => show(machine, unit, 'MainPID');
/** The states of a unit's processes, as `ps` writes them: T is stopped. */
const states = (machine: string, unit: string): Promise<string> =>
  sh(machine, 'ps -o state= -p "$(paste -sd, "/sys/fs/cgroup/system.slice/$1/cgroup.procs")" | sort | uniq', unit);

/** Makes a fault and makes it again, looks, undoes it and undoes it again. */
const during = async (
  t: ExecutionContext,
  open: OpenFault,
  look: (answer: FaultAnswer) => Promise<void>,
): Promise<void> => {
  t.is(await impossible(ground, open), undefined);
  await makeFault(site, provider, open);
  const answer = await makeFault(site, provider, open);
  t.deepEqual(await readOpenFaults(folder), [open]);
  await look(answer);
  await undoFault(site, provider, open);
  await undoFault(site, provider, open);
  t.deepEqual(await readOpenFaults(folder), []);
};

real('a killed process is another one a moment later, and its unit is not given up', async (t) => {
  const open = { machine: 'lb1', fault: 'process-killed', service: 'haproxy' } as const;
  const before = await mainProcess('lb1', 'haproxy.service');
  t.is(await impossible(ground, open), undefined);
  await makeFault(site, provider, open);
  await undoFault(site, provider, open);
  t.not(await mainProcess('lb1', 'haproxy.service'), before);
  t.is(await show('lb1', 'haproxy.service', 'ActiveState'), 'active');
});

real('a hung process accepts connections and answers none, and goes on where it was', async (t) => {
  const before = await mainProcess('lb1', 'haproxy.service');
  await during(t, { machine: 'lb1', fault: 'process-hung', service: 'haproxy' }, async () => {
    t.is(await states('lb1', 'haproxy.service'), 'T');
    t.is(await show('lb1', 'haproxy.service', 'ActiveState'), 'active');
    t.true(await works('lb1', `exec 3<>/dev/tcp/127.0.0.1/${plan.ports.stats}`));
    t.false(await works('lb1', '/usr/local/lib/quintet/haproxy-alive'));
  });
  t.true(await works('lb1', '/usr/local/lib/quintet/haproxy-alive'));
  t.is(await mainProcess('lb1', 'haproxy.service'), before);
});

real('a service with several processes hangs as a whole', async (t) => {
  await during(t, { machine: 'lb2', fault: 'process-hung', service: 'keepalived' }, async () => {
    t.is(await states('lb2', 'keepalived.service'), 'T');
  });
  t.notRegex(await states('lb2', 'keepalived.service'), /T/);
});

real('a stopped service refuses connections until it is started again', async (t) => {
  const address = plan.machines.find(({ name }) => name === 'web')?.address;
  const knock = `exec 3<>/dev/tcp/${address}/${plan.ports.web}`;
  await during(t, { machine: 'web', fault: 'service-stopped', service: 'nginx' }, async () => {
    t.is(await show('web', 'nginx.service', 'ActiveState'), 'inactive');
    t.false(await works('lb1', knock));
  });
  t.true(await works('lb1', knock));
});

real('a restarted service has a new main process, a reloaded one keeps it', async (t) => {
  const before = await mainProcess('lb1', 'haproxy.service');
  await during(t, { machine: 'lb1', fault: 'service-reloaded', service: 'haproxy' }, async () => undefined);
  t.is(await mainProcess('lb1', 'haproxy.service'), before);
  await during(t, { machine: 'lb1', fault: 'service-restarted', service: 'haproxy' }, async () => undefined);
  t.not(await mainProcess('lb1', 'haproxy.service'), before);
});

for (const { machine, service, file } of [
  { machine: 'lb1', service: 'haproxy', file: '/etc/haproxy/haproxy.cfg' },
  { machine: 'web', service: 'nginx', file: '/etc/nginx/nginx.conf' },
] as const) {
  real(`${service} refuses a typo and goes on with what it has`, async (t) => {
    const look = () => sh(machine, 'sha256sum "$1"; stat -c "%a %U %G" "$1"', file);
    const [before, main] = [await look(), await mainProcess(machine, `${service}.service`)];
    await until(answers);
    await during(t, { machine, fault: 'config-broken', service }, async ({ answer }) => {
      t.is(answer, 'refused');
      t.not(await look(), before);
      t.true(await answers());
    });
    t.is(await look(), before);
    t.is(await mainProcess(machine, `${service}.service`), main);
    t.is(await sh(machine, 'ls "$(dirname "$1")" | grep -c quintet-fault || :', file), '0');
  });
}

real('keepalived takes a typo, and dies of it', async (t) => {
  const state = () => show('lb1', 'keepalived.service', 'ActiveState');
  await during(t, { machine: 'lb1', fault: 'config-broken', service: 'keepalived' }, async ({ answer }) => {
    t.is(answer, 'accepted');
    t.true(
      await until(async () => !['active', 'reloading'].includes(await state())),
      `lb1's keepalived is ${await state()}`,
    );
    t.true(await until(async () => (await holders()) === 'lb2'), await holders());
  });
  // It has read its configuration once more, and says so when it is done.
  t.true(await until(async () => (await state()) === 'active'), await state());
  t.true(await works('lb1', '! grep quintet-fault /etc/keepalived/keepalived.conf'));
});

const packets = async (machine: string, way: 'rx' | 'tx'): Promise<number> =>
  Number(await sh(machine, `cat /sys/class/net/host0/statistics/${way}_packets`));

/** How many packets came and went in half a second, and whether a new connection comes about meanwhile. */
const traffic = async (machine: string) => {
  const [received, sent] = [await packets(machine, 'rx'), await packets(machine, 'tx')];
  const address = plan.machines.find(({ name }) => name === 'web')?.address;
  const [connects] = await Promise.all([works(machine, `exec 3<>/dev/tcp/${address}/${plan.ports.web}`), delay(500)]);
  return { received: (await packets(machine, 'rx')) - received, sent: (await packets(machine, 'tx')) - sent, connects };
};

real('half a cable lets nothing out, or nothing in, and commands still reach the machine', async (t) => {
  await during(t, { machine: 'lb1', fault: 'cable-cut', direction: 'out' }, async () => {
    // The other load balancer speaks as soon as it has missed this one.
    const heard = async () => {
      const { received, sent, connects } = await traffic('lb1');
      t.is(sent, 0);
      t.false(connects);
      return received > 0;
    };
    t.true(await until(heard));
  });
  await during(t, { machine: 'lb1', fault: 'cable-cut', direction: 'in' }, async () => {
    const { sent, connects } = await traffic('lb1');
    t.true(sent > 0);
    t.false(connects);
  });
  t.true((await traffic('lb1')).connects);
});

real('parted load balancers both hold the VIP, reach everybody else, and agree again', async (t) => {
  t.true(await until(oneHolds));
  await during(t, { machine: 'lb1', fault: 'vrrp-partition' }, async () => {
    t.true(await until(async () => (await holders()) === 'lb1,lb2'));
    t.true((await traffic('lb1')).connects);
  });
  t.true(await until(oneHolds));
});

real('lost packets are counted, in both directions and on the lab network alone', async (t) => {
  await during(t, { machine: 'lb1', fault: 'packet-loss', percent: 60 }, async () => {
    const table = () => sh('lb1', 'nft list table inet quintet_fault_loss');
    const lost =
      /iifname "host0" numgen random mod 100 < 60 counter packets [1-9][\s\S]*oifname "host0".* packets [1-9]/;
    t.true(await until(async () => lost.test(await table())), await table());
    t.true(await works('lb1', '/usr/local/lib/quintet/haproxy-alive'));
  });
  t.false(await works('lb1', 'nft list tables | grep quintet_fault'));
});

real('busy processors are busy until the fault is undone', async (t) => {
  const unit = 'quintet-fault-cpu.service';
  await during(t, { machine: 'lb2', fault: 'cpu-pressure' }, async () => {
    const used = () =>
      sh('lb2', 'awk \'$1 == "usage_usec" { print $2 }\' "/sys/fs/cgroup/system.slice/$1/cpu.stat"', unit);
    const before = Number(await used());
    await delay(400);
    t.true(Number(await used()) - before > 200_000);
    t.is(Number(await sh('lb2', 'wc -l <"/sys/fs/cgroup/system.slice/$1/cgroup.procs"', unit)), 2 * cores('lb2') + 1);
  });
  t.is(await show('lb2', unit, 'LoadState'), 'not-found');
});

const machineNamed = (name: string) => plan.machines.find((machine) => machine.name === name);
const cores = (name: string): number => machineNamed(name)?.cores ?? Number.NaN;

real('memory is taken to the share that was asked for, and given back', async (t) => {
  const unit = 'quintet-fault-memory.service';
  const wantedKb = ((machineNamed('lb2')?.memoryMb ?? Number.NaN) * 1024 * 40) / 100;
  const takenKb = async () =>
    Number(await sh('lb2', 'awk \'/^VmRSS/ { print $2 }\' "/proc/$1/status"', await mainProcess('lb2', unit)));
  await during(t, { machine: 'lb2', fault: 'memory-pressure', percent: 40 }, async () => {
    t.true(await until(async () => (await takenKb()) >= wantedKb - 2048));
    t.true((await takenKb()) <= wantedKb + 20 * 1024);
  });
  t.is(await show('lb2', unit, 'LoadState'), 'not-found');
});

real('a file system is filled and emptied, but never one of this computer', async (t) => {
  t.regex((await impossible(ground, { machine: 'web', fault: 'disk-full' })) ?? '', /disk of this computer/);
  t.regex((await impossible(ground, { machine: 'web', fault: 'disk-full', path: '/run' })) ?? '', /memory of this/);
  await t.throwsAsync(makeFault(site, provider, { machine: 'web', fault: 'disk-full' }), { message: /this computer/ });
  await undoFault(site, provider, { machine: 'web', fault: 'disk-full' });
  t.false(await works('web', 'test -e /.quintet-fault-fill'));
  const small = '/srv/small place';
  await sh('web', 'mkdir "$1" && mount -t tmpfs -o size=16m small "$1" && mkdir "$1/below"', small);
  const write = () => works('web', `head -c 1500000 /dev/zero >'${small}/below/file'`);
  t.true(await write());
  await sh('web', 'rm "$1"/below/file', small);
  await during(t, { machine: 'web', fault: 'disk-full', path: `${small}/below` }, async () => {
    t.false(await write());
  });
  t.true(await write());
  t.is(await sh('web', 'ls -A "$1"', small), 'below');
  await sh('web', 'umount "$1"', small);
});

real('the clock of a container is not set', async (t) => {
  const open = { machine: 'web', fault: 'clock-jump', bySeconds: 3600 } as const;
  t.regex((await impossible(ground, open)) ?? '', /clock of this computer/);
});

real('a paused machine is silent, keeps its carrier, and goes on where it was', async (t) => {
  const door = `</dev/tcp/${plan.machines.find(({ name }) => name === 'lb1')?.address}/${plan.ports.stats}`;
  const opens = async () =>
    (await run(provider.atVantage(['timeout', '1', 'bash', '-c', door]), { timeoutMs: 5000 })).exitCode === 0;
  const carrier = () => sh('lb1', 'cat /sys/class/net/host0/carrier /sys/class/net/host0/carrier_changes');
  const [process, changes] = [await mainProcess('lb1', 'haproxy.service'), await carrier()];
  t.true(await opens());
  await during(t, { machine: 'lb1', fault: 'machine-paused' }, async () => {
    t.is(await provider.state('lb1'), 'paused');
    t.false(await opens());
    await t.throwsAsync(provider.exec('lb1', ['true']), { message: 'lb1 is paused.' });
    await provider.faults.cutCable?.('lb1');
    await provider.faults.plugCable?.('lb1');
    t.false(await opens());
  });
  t.is(await provider.state('lb1'), 'running');
  t.true(await opens());
  t.is(await mainProcess('lb1', 'haproxy.service'), process);
  // The cable that was pulled and plugged in meanwhile is all that was ever seen of it.
  t.is(
    await carrier(),
    changes.replace(/\d+$/, (count) => String(Number(count) + 2)),
  );
});

real('a paused machine can be switched off, and a start or a stop lets it go on first', async (t) => {
  const pause = () => provider.faults.pause?.('web');
  await pause();
  await provider.faults.cutPower?.('web');
  t.is(await provider.state('web'), 'stopped');
  await pause();
  await provider.faults.resume?.('web');
  t.is(await provider.state('web'), 'stopped');
  await provider.faults.restorePower?.('web');
  t.true(await works('web', 'true'));
  await pause();
  await provider.start('web', quiet);
  t.true(await works('web', 'true'));
  await pause();
  const notes: string[] = [];
  await provider.stop('web', (event) => event.type === 'note' && notes.push(event.text));
  t.deepEqual(notes, []);
  await provider.start('web', quiet);
  await provider.faults.pause?.('nobody');
  await provider.faults.resume?.('nobody');
  t.true(await until(answers));
});

real('what a Quintet that died has left is healed, also on a machine that was restarted since', async (t) => {
  const faults: readonly OpenFault[] = [
    { machine: 'lb1', fault: 'process-hung', service: 'haproxy' },
    { machine: 'lb1', fault: 'packet-loss', percent: 10 },
    { machine: 'lb1', fault: 'cable-cut' },
    { machine: 'lb2', fault: 'config-broken', service: 'haproxy' },
    { machine: 'lb2', fault: 'cable-cut', direction: 'in' },
    { machine: 'lb2', fault: 'cpu-pressure' },
    { machine: 'web', fault: 'service-stopped', service: 'nginx' },
    { machine: 'web', fault: 'memory-pressure', percent: 20 },
  ];
  await Promise.all(faults.map((open) => makeFault(site, provider, open)));
  await makeFault(site, provider, { machine: 'web', fault: 'power-cut' });
  t.is((await readOpenFaults(folder)).length, faults.length + 1);
  await provider.faults.cutPower?.('lb2');
  await provider.faults.restorePower?.('lb2');
  t.not(await show('lb2', 'haproxy.service', 'ActiveState'), 'active');
  t.is((await heal(site, containerProvider(site), quiet)).length, faults.length + 1);
  t.deepEqual(await readOpenFaults(folder), []);
  t.true(await until(answers));
  for (const machine of ['lb1', 'lb2', 'web']) {
    t.false(await works(machine, 'nft list tables | grep quintet_fault'), machine);
    t.false(await works(machine, 'systemctl list-units --all | grep quintet-fault'), machine);
    t.is(await sh(machine, 'systemctl is-system-running || :'), 'running', machine);
  }
});

real('a service that somebody has disabled meanwhile is started again', async (t) => {
  t.teardown(() => sh('web', 'systemctl enable --quiet nginx'));
  await makeFault(site, provider, { machine: 'web', fault: 'service-stopped', service: 'nginx' });
  await sh('web', 'systemctl disable --quiet nginx');
  t.is(await show('web', 'nginx.service', 'UnitFileState'), 'disabled');
  t.is((await heal(site, provider, quiet)).length, 1);
  t.is(await show('web', 'nginx.service', 'ActiveState'), 'active');
});

real('a power cut whose Quintet was killed when only the cable was out is undone as a whole', async (t) => {
  const open: OpenFault = { machine: 'lb2', fault: 'power-cut' };
  const { cutCable } = provider.faults;
  await makeFault(site, { ...provider, faults: { ...provider.faults, ...(cutCable && { cutPower: cutCable }) } }, open);
  const carrier = () => sh('lb2', 'cat /sys/class/net/host0/carrier');
  t.is(await carrier(), '0');
  t.deepEqual(await heal(site, provider, quiet), [open]);
  t.is(await carrier(), '1');
});

const words = (options: object, machine: string, kind: string) => ({
  arguments: { machine, kind },
  options: { ...options },
});

real('quintet fault makes a fault on whoever holds the VIP, and heal undoes it', async (t) => {
  t.true(await until(oneHolds));
  const holder = await holders();
  const { context, told, happened } = world(folder);
  await faultVerb(context, words({ service: 'haproxy' }, 'vip-holder', 'process-hung'));
  t.like(happened, [{ type: 'fault', fault: 'process-hung', service: 'haproxy', machine: holder }]);
  t.is(await states(holder, 'haproxy.service'), 'T');
  await healVerb(context, { arguments: {}, options: {} });
  t.is(told.at(-1), 'One fault undone.');
  t.like(happened.at(-1), { type: 'heal', fault: 'process-hung', machine: holder });
  t.notRegex(await states(holder, 'haproxy.service'), /T/);
});

real('quintet fault --for undoes it by itself, and at Ctrl-C at once', async (t) => {
  const { context, happened } = world(folder);
  await faultVerb(context, words({ for: '300ms' }, 'lb1', 'vrrp-partition'));
  t.deepEqual(
    happened.map(({ type }) => type),
    ['fault', 'heal'],
  );
  const interrupt = new AbortController();
  const interrupted = world(folder, { signal: interrupt.signal });
  const verb = faultVerb(interrupted.context, words({ for: '1h' }, 'lb1', 'vrrp-partition'));
  await until(async () => interrupted.told.length === 1);
  t.true(await works('lb1', 'nft list tables | grep quintet_fault_vrrp'));
  interrupt.abort();
  await verb;
  t.false(await works('lb1', 'nft list tables | grep quintet_fault_vrrp'));
  t.deepEqual(await readOpenFaults(folder), []);
});

real('quintet fault says what can’t be done here, and why', async (t) => {
  const { context } = world(folder);
  await t.throwsAsync(faultVerb(context, words({}, 'web', 'disk-full')), {
    message: "This can't be done here: web is a container: / is on the disk of this computer.",
  });
  await provider.faults.cutPower?.('app');
  await t.throwsAsync(faultVerb(context, words({}, 'app', 'cpu-pressure')), { message: 'app does not run.' });
  await provider.faults.restorePower?.('app');
  await t.throwsAsync(faultVerb(context, words({}, 'lb3', 'cpu-pressure')), { message: /no machine called lb3/ });
  t.deepEqual(await readOpenFaults(folder), []);
});
