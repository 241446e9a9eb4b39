import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { run, start } from '../../src/host/command.js';
import { exists, readIfAny } from '../../src/host/files.js';
import { ComputerError, MachineError } from '../../src/model/errors.js';
import type { LabEvent } from '../../src/model/events.js';
import { planOf } from '../../src/plan/plan.js';
import { containerProvider } from '../../src/providers/container/container.js';
import { forward } from '../../src/providers/container/forward.js';
import { runningInit, startMachine } from '../../src/providers/container/machine.js';
import type { LabSite } from '../../src/providers/provider.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { inMatrix } from '../rig/matrix.js';
import { moduleOf, nodeArgv } from '../rig/source.js';
import { within } from '../rig/within.js';

/** Real containers on this computer: needs root and the packages that `quintet doctor` names. */

const id = () => Array.from({ length: 8 }, () => Math.floor(Math.random() * 16).toString(16)).join('');
const site: LabSite = { folder: '/nowhere', id: id(), plan: planOf(labSchema.parse({})) };
const twin: LabSite = { ...site, id: id() };
const provider = containerProvider(site);
const machines = site.plan.machines.map((machine) => machine.name);
const addressOf = (name: string) => site.plan.machines.find((machine) => machine.name === name)?.address ?? '';
const events: LabEvent[] = [];
const emit = (event: LabEvent) => void events.push(event);
const each = <T>(work: (machine: string) => Promise<T>) => Promise.all(machines.map(work));
const say = async (machine: string, ...argv: string[]) => (await provider.exec(machine, argv)).stdout.trim();

const up = async (lab: LabSite, names: readonly string[]) => {
  const own = containerProvider(lab);
  await own.prepare(emit);
  await Promise.all(
    names.map(async (name) => {
      await own.create(name, emit);
      await own.start(name, emit);
    }),
  );
};

const down = async (lab: LabSite) => {
  const own = containerProvider(lab);
  await Promise.all(lab.plan.machines.map(({ name }) => own.destroy(name, emit)));
  await own.cleanUp(emit);
};

/** A ping from one machine, answered within a second? */
const reaches = async (from: string, address: string) =>
  (await provider.exec(from, ['ping', '-c1', '-W1', '-q', address])).exitCode === 0;
/** The same, where an answer is to come: on a busy computer the first one may be late. */
const reachesAtLast = (from: string, address: string) => within(30_000, () => reaches(from, address));

/** Everything on this computer that carries a lab's name: asked without the provider's own code. */
const traces = async (lab: LabSite): Promise<string> => {
  const looks = [
    'ls /run/quintet/netns',
    'cat /proc/self/mountinfo',
    'find /sys/fs/cgroup -type d',
    'systemctl list-units --all --plain --no-legend 2>/dev/null',
    'ls /var/lib/quintet/labs /run/systemd/nspawn 2>/dev/null',
    'cat /proc/net/dev',
    "for p in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <$p 2>/dev/null; echo; done",
  ];
  const { stdout } = await run(['sh', '-c', looks.join('; ')]);
  return stdout
    .split('\n')
    .filter((line) => line.includes(lab.id))
    .join('\n');
};

test.before(async () => {
  await up(site, machines);
});

test.after.always(async () => {
  await down(site);
  await down(twin);
});

test.serial('five machines run, each by its own name and at its own address', async (t) => {
  t.deepEqual(await each(provider.state), ['running', 'running', 'running', 'running', 'running']);
  t.deepEqual(await each((machine) => say(machine, 'hostname')), machines);
  t.deepEqual(await each((machine) => say(machine, 'cat', '/etc/hostname')), machines);
  const addresses = await each((machine) => say(machine, 'ip', '-brief', '-4', 'address', 'show', 'dev', 'host0'));
  t.true(addresses.every((line, index) => line.includes(` ${site.plan.machines[index]?.address}/24`)));
  t.deepEqual(await each((machine) => say(machine, 'systemctl', 'is-system-running')), Array(5).fill('running'));
  t.true(await reachesAtLast('lb1', addressOf('db')));
  t.is(new Set(await each((machine) => say(machine, 'cat', '/etc/machine-id'))).size, 5);
});

test.serial('no generator of systemd runs: each that the system has is masked, and none has made a unit', async (t) => {
  await each(async (machine) => {
    const has = await say(machine, 'ls', '/usr/lib/systemd/system-generators');
    const masked = await say(
      machine,
      'find',
      '/etc/systemd/system-generators',
      '-lname',
      '/dev/null',
      '-printf',
      '%f\n',
    );
    t.deepEqual(masked.split('\n').sort(), has.split('\n').sort(), machine);
    t.is(await say(machine, 'find', '/run/systemd/generator', '-type', 'f'), '', machine);
  });
});

test.serial('bringing up again what is up changes nothing', async (t) => {
  const before = await each((machine) => say(machine, 'stat', '-c', '%X', '/proc/1'));
  await up(site, machines);
  t.deepEqual(await each((machine) => say(machine, 'stat', '-c', '%X', '/proc/1')), before);
});

test.serial('a command gets its input and gives back both outputs and its exit code', async (t) => {
  const lines: string[] = [];
  const result = await provider.exec('web', ['sh', '-c', 'cat; echo oops >&2; exit 7'], {
    input: 'hello\n',
    onLine: (line) => lines.push(line),
  });
  t.deepEqual(result, { exitCode: 7, stdout: 'hello\n', stderr: 'oops\n' });
  t.deepEqual(lines.sort(), ['hello', 'oops']);
});

test.serial('words with quotes, spaces and dollars arrive as they were given', async (t) => {
  const words = ['a b', "it's", '"', '$(id)', '$HOME', '`id`', '', '*', '\n', '--', '-n'];
  const { stdout } = await provider.exec('web', ['printf', '[%s]', ...words]);
  t.is(stdout, words.map((word) => `[${word}]`).join(''));
});

test.serial('a command starts with a clean environment, as root, in the machine it was sent to', async (t) => {
  const names = (await say('app', 'env')).split('\n').map((line) => line.split('=')[0]);
  t.deepEqual(names.sort(), ['HOME', 'LANG', 'PATH']);
  t.is(await say('app', 'id', '-u'), '0');
  t.is(await say('app', 'cat', '/proc/1/comm'), 'systemd');
});

test.serial('a command whose time is up is ended in the machine, with its children', async (t) => {
  const script = 'trap "" TERM; sleep 987 & sleep 987';
  const result = await provider.exec('web', ['sh', '-c', script], { timeoutMs: 300 });
  t.is(result.exitCode, 124);
  t.true(await within(5000, async () => (await provider.exec('web', ['pgrep', '-f', 'sleep 98[7]'])).exitCode === 1));
});

test.serial('a command ends in the machine when Quintet is killed with -9', async (t) => {
  const program = `
    const { containerProvider } = await import(${JSON.stringify(moduleOf('src/providers/container/container.ts'))});
    const site = ${JSON.stringify(site)};
    await containerProvider(site).exec('web', ['sh', '-c', 'sleep 876; sleep 875']);`;
  const quintet = start([...nodeArgv, '--input-type=module', '-e', program]);
  const sleeps = async () => (await provider.exec('web', ['pgrep', '-f', 'sleep 87[56]'])).exitCode === 0;
  t.true(await within(30_000, sleeps));
  const { stdout } = await run(['pgrep', '-f', `${site.id}.*sleep 876; sleep 875`]);
  const own = stdout.split('\n').find(Boolean);
  process.kill(Number(own), 'SIGKILL');
  await quintet.done;
  t.true(await within(5000, async () => !(await sleeps())));
});

test.serial('a command on a machine that does not run is an error that says what to do', async (t) => {
  const error = await t.throwsAsync(containerProvider(twin).exec('web', ['true']), { instanceOf: MachineError });
  t.is(error.message, 'web is not running.');
  t.is(error.hint, 'Start it with: quintet up');
});

test.serial('the shell is a login shell in the machine', async (t) => {
  const { stdout } = await run(await provider.shell('db'), {
    input: 'hostname; echo "$TERM"; shopt -q login_shell && echo login\n',
  });
  t.regex(stdout, /^db\n.*\nlogin\n$/);
});

test.serial('an upload replaces a folder by other files, for root alone', async (t) => {
  const files = new Map([
    ['provision.sh', Buffer.from('echo one\n')],
    ['etc/nginx/a b$(id)', Buffer.from('a name\n')],
    ['etc/nginx/site.key', Buffer.from('key\n')],
  ]);
  const to = '/var/lib/quintet/stage';
  await provider.exec('web', ['sh', '-c', `mkdir -p ${to} && touch ${to}/stale`]);
  await provider.upload('web', files, to);
  const found = await say('web', 'find', to, '-printf', '%P %m %u %y\n');
  t.deepEqual(found.split('\n').sort(), [
    '700 root d',
    'etc 700 root d',
    'etc/nginx 700 root d',
    'etc/nginx/a b$(id) 600 root f',
    'etc/nginx/site.key 600 root f',
    'provision.sh 600 root f',
  ]);
  t.is(await say('web', 'cat', `${to}/etc/nginx/a b$(id)`), 'a name');
});

test.serial('an upload follows no link of the machine out of it', async (t) => {
  const outside = `/tmp/quintet-outside-${site.id}`;
  await provider.exec('web', ['sh', '-c', `mkdir -p ${outside} && ln -sfn ${outside} /srv/link`]);
  await provider.upload('web', new Map([['file', Buffer.from('in the machine\n')]]), '/srv/link/stage');
  t.is(await say('web', 'cat', `${outside}/stage/file`), 'in the machine');
  t.false(await exists(outside));
});

test.serial('a cut cable parts a machine from the others, and commands still reach it', async (t) => {
  await provider.faults.cutCable?.('lb1');
  t.false(await reaches('web', addressOf('lb1')));
  t.is(await say('lb1', 'cat', '/sys/class/net/host0/carrier'), '0');
  t.true(await reachesAtLast('web', addressOf('db')));
  await provider.faults.plugCable?.('lb1');
  t.true(await reachesAtLast('web', addressOf('lb1')));
});

test.serial('a power cut ends a machine at once, and its disk is still there when it comes back', async (t) => {
  await provider.exec('db', ['sh', '-c', 'echo kept >/root/file; sync; echo 1 >/proc/sys/net/ipv4/ip_nonlocal_bind']);
  const began = performance.now();
  await provider.faults.cutPower?.('db');
  t.log(`power cut in ${(performance.now() - began).toFixed(0)} ms`);
  t.is(await provider.state('db'), 'stopped');
  t.false(await reaches('web', addressOf('db')));
  await provider.faults.cutPower?.('db');
  const restored = performance.now();
  await provider.faults.restorePower?.('db');
  t.log(`power restored in ${(performance.now() - restored).toFixed(0)} ms`);
  t.is(await say('db', 'cat', '/root/file'), 'kept');
  t.true(await reachesAtLast('web', addressOf('db')));
  await provider.faults.plugCable?.('db');
});

test.serial('a machine stops in an orderly way and starts again with its disk', async (t) => {
  await provider.exec('app', ['sh', '-c', 'echo kept >/root/file']);
  await provider.stop('app', emit);
  t.is(await provider.state('app'), 'stopped');
  await provider.stop('app', emit);
  await provider.start('app', emit);
  t.is(await say('app', 'cat', '/root/file'), 'kept');
  t.regex(await readFile(provider.consoleLog('app') ?? '', 'utf8'), /Reached target.*[Pp]ower.?[Oo]ff/);
});

test.serial('a machine that restarts by itself keeps its address', async (t) => {
  await provider.exec('web', ['systemctl', 'reboot']);
  await delay(500);
  await provider.start('web', emit);
  t.true(await reachesAtLast('lb2', addressOf('web')));
});

test.serial('a unit that fails at boot is told, and the machine is up all the same', async (t) => {
  const unit = '[Service]\nType=oneshot\nExecStart=/bin/false\n[Install]\nWantedBy=multi-user.target\n';
  await provider.exec('app', ['sh', '-c', 'cat >/etc/systemd/system/broken.service && systemctl enable broken'], {
    input: unit,
  });
  await provider.stop('app', emit);
  await provider.start('app', emit);
  const notes = events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
  t.true(notes.includes('app: started, but these units failed: broken.service'));
});

const notOffered = (t: ExecutionContext, controller: string): void => {
  const why = `the control groups of this computer have no ${controller} controller to offer`;
  if (process.env.CI) return void t.fail(why);
  t.log(`SKIPPED: ${why}`);
  t.pass();
};

test.serial('memory and processor limits of the plan hold where this computer offers them', async (t) => {
  const memory = `/sys/fs/cgroup/memory/quintet-${site.id}-app/memory.limit_in_bytes`;
  const unified = `/sys/fs/cgroup/system.slice/quintet-${site.id}-app.scope/memory.max`;
  const path = (await exists(memory)) ? memory : unified;
  if (!(await exists(path))) return notOffered(t, 'memory');
  t.is(Number(await readFile(path, 'utf8')), 512 * 1024 * 1024);
  const hog = (megabytes: number) => `Buffer.alloc(${megabytes} * 1024 * 1024, 1); console.log('held')`;
  t.is(await say('app', 'node', '-e', hog(100)), 'held');
  const result = await provider.exec('app', ['node', '-e', hog(900)]);
  t.not(result.exitCode, 0);
  t.is(result.stdout, '');
  t.is(await say('app', 'hostname'), 'app');
});

test.serial('a machine that boots leaves the others the processor, and then has its full share', async (t) => {
  const shares = `/sys/fs/cgroup/cpu/quintet-${site.id}-web/cpu.shares`;
  const unified = `/sys/fs/cgroup/system.slice/quintet-${site.id}-web.scope/cpu.weight`;
  const [path, boots, full] = (await exists(shares)) ? [shares, 256, 1024] : [unified, 25, 100];
  if (!(await exists(path))) return notOffered(t, 'processor');
  await provider.stop('web', emit);
  let started = false;
  const starting = provider.start('web', emit).finally(() => {
    started = true;
  });
  const seen = new Set<number>();
  while (!started) {
    const text = await readIfAny(path);
    if (text) seen.add(Number(text));
    await delay(20);
  }
  await starting;
  t.true(seen.has(boots), [...seen].join());
  t.is(Number(await readFile(path, 'utf8')), full);
});

test.serial('the vantage reaches the machines, and its address is not on this computer', async (t) => {
  const knock = ['bash', '-c', `exec 3<>/dev/tcp/${addressOf('lb1')}/22`];
  t.is((await run(provider.atVantage(knock), { timeoutMs: 3000 })).exitCode, 0);
  const own = await run(['ip', '-brief', 'address']);
  t.false(own.stdout.includes(site.plan.network.vantage));
});

const fetchText = (port: number) => run(['curl', '-sS', '--max-time', '5', `http://127.0.0.1:${port}/`]);

test.serial('a forward brings a port of this computer to an address of the lab, and leaves nothing', async (t) => {
  const server = "require('http').createServer((q, r) => r.end('hello from the lab\\n')).listen(8080)";
  await provider.exec('app', ['systemd-run', '--unit=hello', '--', 'node', '-e', server]);
  const way = await forward(site, { listen: { port: 0 }, to: { host: addressOf('app'), port: 8080 } });
  t.true(await within(10_000, async () => (await fetchText(way.port)).exitCode === 0));
  const answers = await Promise.all(Array.from({ length: 10 }, () => fetchText(way.port)));
  t.true(answers.every((answer) => answer.stdout === 'hello from the lab\n'));
  const error = await t.throwsAsync(
    forward(site, { listen: { port: way.port }, to: { host: addressOf('app'), port: 8080 } }),
    { instanceOf: ComputerError },
  );
  t.is(error.message, `Port ${way.port} of 127.0.0.1 is in use by another program.`);
  t.truthy(error.hint);
  await way.close();
  t.not((await fetchText(way.port)).exitCode, 0);
  const sockets = (await readdir(`/var/lib/quintet/labs/${site.id}`)).filter((name) => name.endsWith('.sock'));
  t.deepEqual(sockets, []);
});

test.serial('a forward to a lab that is not up says so and frees the port', async (t) => {
  const to = { host: addressOf('web'), port: 8080 };
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const port = (probe.address() as { port: number }).port;
  await new Promise((resolve) => probe.close(resolve));
  const wrong = () => forward(twin, { listen: { port }, to });
  await t.throwsAsync(wrong(), { instanceOf: ComputerError, message: /not up/ });
  await t.throwsAsync(wrong(), { instanceOf: ComputerError, message: /not up/ });
});

test.serial('two labs with the same addresses run side by side and do not meet', async (t) => {
  await up(twin, ['lb1', 'web']);
  const other = containerProvider(twin);
  await other.exec('lb1', ['sh', '-c', 'echo twin >/root/who']);
  t.is((await provider.exec('lb1', ['cat', '/root/who'])).exitCode, 1);
  t.is((await other.exec('lb1', ['ping', '-c1', '-W1', addressOf('web')])).exitCode, 0);
  t.not((await other.exec('lb1', ['ping', '-c1', '-W1', addressOf('db')])).exitCode, 0);
  await down(twin);
  t.deepEqual(await other.leftovers(), []);
  t.is(await traces(twin), '');
  t.true(await reachesAtLast('lb1', addressOf('web')));
});

inMatrix(test.serial)('killed with -9 at any moment of up, up again succeeds and destroy leaves nothing', async (t) => {
  const names = ['lb1', 'web', 'db'];
  const program = `
    const { containerProvider } = await import(${JSON.stringify(moduleOf('src/providers/container/container.ts'))});
    const provider = containerProvider(${JSON.stringify(twin)});
    console.log('go');
    await provider.prepare(() => {});
    await Promise.all(${JSON.stringify(names)}.map(async (name) => {
      await provider.create(name, () => {});
      await provider.start(name, () => {});
    }));
    console.log('up');
    setInterval(() => {}, 1000);`;
  const node = [...nodeArgv, '--input-type=module', '-e', program];
  const other = containerProvider(twin);
  for (const afterMs of [3, 12, 25, 40, 60, 80, 110, 150, 250, 500, 800]) {
    const script = 'echo $$; exec "$@"';
    const quintet = start(['sh', '-c', script, 'sh', ...node]);
    const lines = quintet.lines[Symbol.asyncIterator]();
    const pid = Number((await lines.next()).value);
    await lines.next();
    await delay(afterMs);
    process.kill(pid, 'SIGKILL');
    await quintet.done;
    await up(twin, names);
    t.deepEqual(await Promise.all(names.map(other.state)), ['running', 'running', 'running'], `${afterMs} ms`);
    const { stdout } = await run(['sh', '-c', `grep -l 'quintet/labs/${twin.id}[/]' /proc/[0-9]*/cmdline | wc -l`]);
    t.is((await other.exec('web', ['hostname'])).stdout, 'web\n');
    // flock and nspawn carry a machine: two processes each, and none twice.
    t.is(Number(stdout), names.length * 2, `${afterMs} ms`);
    await down(twin);
    t.is(await traces(twin), '', `${afterMs} ms`);
    t.deepEqual(await other.leftovers(), []);
  }
});

test.serial('destroy leaves nothing, and destroying nothing is fine', async (t) => {
  t.true((await provider.leftovers()).length > 0);
  t.not(await traces(site), '');
  await down(site);
  t.deepEqual(await provider.leftovers(), []);
  t.is(await traces(site), '');
  t.deepEqual(await each(provider.state), Array(5).fill('absent'));
  await down(site);
});

const sluggish: LabSite = {
  ...site,
  id: id(),
  plan: { ...site.plan, machines: site.plan.machines.map((machine) => ({ ...machine, cores: 0.1 })) },
};

inMatrix(test.serial)(
  'a machine that boots slowly is waited for as long as it gets on, and one that stands still is named',
  async (t) => {
    t.teardown(() => down(sluggish));
    const own = containerProvider(sluggish);
    await own.prepare(emit);
    await own.create('web', emit);
    const told: string[] = [];
    const tell = (event: LabEvent) => void (event.type === 'note' && told.push(event.text));
    const patience = { stuckAfterMs: 5000, tellAfterMs: 1000, everyMs: 200 };
    const began = performance.now();
    await startMachine(sluggish, 'web', tell, { patience });
    t.log(`${((performance.now() - began) / 1000).toFixed(1)} s`);
    t.is(await own.state('web'), 'running');
    t.regex(told.join('\n'), /^web takes its time to start; it waits for /m);
    const init = await runningInit(sluggish, 'web');
    process.kill(init, 'SIGSTOP');
    const error = await t.throwsAsync(startMachine(sluggish, 'web', tell, { patience }), { instanceOf: MachineError });
    process.kill(init, 'SIGCONT');
    t.regex(error?.message ?? '', /^web stood still for 5 s while it started: it waits for its systemd\.$/);
  },
);
