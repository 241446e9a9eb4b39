import { statSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../src/host/command.js';
import { needs } from '../rig/needs.js';
import { ok, quintet, words } from '../rig/quintet.js';
import { sharedLab } from '../rig/shared-lab.js';

/**
 * What the root of a machine tries against the computer that it runs on: once by `quintet exec`, and once as a service of the
 * machine's own. Each attack says what came of it before machines had user namespaces, capabilities, a filter and a device policy
 * of their own. Where it could do harm if it worked it changes something to what it is already.
 */

const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip');
const lab = sharedLab();

const inMachine = (machine: string, ...argv: string[]) => quintet(lab, 'exec', machine, '--', ...argv);

const ways: readonly (readonly [name: string, argv: (script: string) => readonly string[]])[] = [
  ['exec', (script) => ['sh', '-c', script]],
  ['a service', (script) => ['systemd-run', '--quiet', '--pipe', '--wait', '--collect', 'sh', '-c', script]],
];

/** Where the computer has its files, as mknod(1) calls it. */
const { dev } = statSync('/var/lib');
const disk = `${(dev >> 8) & 0xfff} ${dev & 0xff}`;

/** Numbers of system calls by architecture (asm/unistd.h). */
const arm = process.arch === 'arm64';
const call = {
  initModule: arm ? 105 : 175,
  deleteModule: arm ? 106 : 176,
  kexecLoad: arm ? 104 : 246,
  clockGettime: arm ? 113 : 228,
  clockSettime: arm ? 112 : 227,
  adjtimex: arm ? 171 : 159,
  swapon: arm ? 224 : 167,
  syslog: arm ? 116 : 103,
  keyctl: arm ? 219 : 250,
  bpf: arm ? 280 : 321,
  perfEventOpen: arm ? 241 : 298,
  openByHandleAt: arm ? 265 : 304,
  reboot: arm ? 142 : 169,
};

const broken = 'GOT THROUGH';

/** Perl that makes a system call and says what came of it. */
const calling = (number: number, ...args: string[]): string =>
  `perl -e '${[
    'my $zeros = "\\0" x 4096; my ($module, $file) = ("quintet_none", "/etc/hostname");',
    `my $result = syscall(${[number, ...args].join(', ')});`,
    `print $result == -1 ? "refused: $!\\n" : "${broken}\\n"`,
  ].join(' ')}'`;

const andSay = `&& echo '${broken}'`;

interface Attack {
  /** What is tried. */
  readonly title: string;
  /** What the release before this suite let happen. */
  readonly formerly: string;
  readonly script: string;
  /** The words of a refusal: an attack that fails for another reason proves nothing. */
  readonly refused: RegExp;
}

const no = /operation not permitted|permission denied|read-only file system/i;

const attacks: readonly Attack[] = [
  {
    title: 'load a module into the kernel',
    formerly: 'exec had CAP_SYS_MODULE, and the kernel read the module',
    script: calling(call.initModule, '$zeros', '64', '$zeros'),
    refused: no,
  },
  {
    title: 'take a module out of the kernel',
    formerly: 'exec had CAP_SYS_MODULE, and the kernel looked for the module',
    script: calling(call.deleteModule, '$module', '0'),
    refused: no,
  },
  {
    title: 'load another kernel',
    formerly: 'exec had CAP_SYS_BOOT and no filter',
    script: calling(call.kexecLoad, '0', '0', '$zeros', '0'),
    refused: no,
  },
  {
    title: "set the computer's clock",
    formerly: 'exec had CAP_SYS_TIME, and the clock was set',
    script: `perl -e 'my $now = "\\0" x 16; syscall(${call.clockGettime}, 0, $now); print syscall(${call.clockSettime}, 0, $now) == -1 ? "refused: $!\n" : "${broken}\n"'`,
    refused: no,
  },
  {
    title: "make the computer's clock run faster",
    formerly: 'exec had CAP_SYS_TIME and no filter',
    script: calling(call.adjtimex, '$zeros'),
    refused: no,
  },
  {
    title: 'make a BPF map',
    formerly: 'exec had CAP_BPF, and the map was made',
    script: `perl -e 'my $map = pack("L4", 2, 4, 4, 1) . "\\0" x 112; print syscall(${call.bpf}, 0, $map, length $map) == -1 ? "refused: $!\n" : "${broken}\n"'`,
    refused: no,
  },
  {
    title: 'watch the kernel with performance counters',
    formerly: 'exec had CAP_PERFMON and no filter',
    script: calling(call.perfEventOpen, '$zeros', '-1', '0', '-1', '0'),
    refused: no,
  },
  {
    title: "open a file of the computer's disk by its number",
    formerly: "exec had CAP_DAC_READ_SEARCH, and read and made files of the computer's",
    // The root folder of the file system that the console's log and the machine's disk lie on.
    script: `perl -e 'open my $mount, "<", "/etc/hostname"; my $handle = pack "LlLL", 8, 1, 2, 0;
      print syscall(${call.openByHandleAt}, fileno $mount, $handle, 0) == -1 ? "refused: $!\n" : "${broken}\n"'`,
    refused: no,
  },
  {
    title: "read the computer's keyrings",
    formerly: 'exec had no filter, and the keys of whoever had called it',
    script: calling(call.keyctl, '0', '-3', '0'),
    refused: no,
  },
  {
    title: 'have a program of its own run when anything on the computer crashes',
    formerly: 'a service mounted another proc and opened core_pattern for writing',
    script: `mkdir -p /tmp/proc; mount -t proc proc /tmp/proc; at=/proc; [ ! -e /tmp/proc/sys ] || at=/tmp/proc
      same=$(cat $at/sys/kernel/core_pattern); printf '%s\n' "$same" >$at/sys/kernel/core_pattern ${andSay}; umount /tmp/proc`,
    refused: no,
  },
  {
    title: "change the computer's settings where they are mounted read-only",
    formerly: '/proc/sys was remounted writable',
    script: `mount -o remount,bind,rw /proc/sys; same=$(cat /proc/sys/kernel/panic)
      printf '%s\n' "$same" >/proc/sys/kernel/panic ${andSay}`,
    refused: no,
  },
  {
    title: 'give the kernel a magic key (only for help)',
    formerly: 'it was refused where this was tried, by what was mounted read-only and could be mounted anew',
    script: `if [ -e /proc/sysrq-trigger ]; then mount -o remount,bind,rw /proc/sysrq-trigger; echo h >/proc/sysrq-trigger ${andSay}
      else echo 'this kernel has none'; fi`,
    refused: /permission denied|read-only file system|this kernel has none/i,
  },
  {
    title: 'write into /sys',
    formerly: 'it was refused where this was tried, by what was mounted read-only and could be mounted anew',
    script: `mount -o remount,bind,rw /sys/kernel; mkdir -p /tmp/sys; mount -t sysfs sysfs /tmp/sys
      for file in /sys/kernel/rcu_normal /tmp/sys/kernel/rcu_normal; do
      [ ! -e $file ] || { same=$(cat $file); printf '%s' "$same" >$file ${andSay}; }; done; umount /tmp/sys`,
    refused: no,
  },
  {
    title: "look into the kernel's own file systems",
    formerly: 'exec mounted debugfs',
    script: `mkdir -p /tmp/debug; for type in debugfs tracefs securityfs bpf; do
      mount -t $type $type /tmp/debug && ls /tmp/debug/* >/dev/null ${andSay}; umount /tmp/debug; done`,
    refused: no,
  },
  {
    title: "read the computer's disks",
    formerly: 'exec made them by their numbers, and read and wrote them',
    script: `for numbers in '7 0' '${disk}'; do rm -f /var/tmp/disk
      mknod /var/tmp/disk b $numbers && head -c 512 /var/tmp/disk >/dev/null ${andSay}; done`,
    refused: no,
  },
  {
    title: 'take a loop device',
    formerly: 'loop-control was made by its number and gave one',
    script: `rm -f /var/tmp/control; mknod /var/tmp/control c 10 237 && : <>/var/tmp/control ${andSay}`,
    refused: no,
  },
  {
    title: "read the computer's memory",
    formerly: '/dev/mem was made by its number',
    script: `for minor in 1 4; do rm -f /var/tmp/memory; mknod /var/tmp/memory c 1 $minor && : </var/tmp/memory ${andSay}; done`,
    refused: no,
  },
  {
    title: "write into the kernel's log",
    formerly: '/dev/kmsg was made by its number and took the line',
    script: `rm -f /var/tmp/kmsg; mknod /var/tmp/kmsg c 1 11 && echo forged >/var/tmp/kmsg ${andSay}`,
    refused: no,
  },
  {
    title: "read the kernel's log",
    formerly: 'exec had CAP_SYSLOG',
    script: calling(call.syslog, '3', '$zeros', '4096'),
    refused: no,
  },
  {
    title: 'make the computer swap to a file of its own',
    formerly: 'exec had CAP_SYS_ADMIN of the computer and no filter',
    script: calling(call.swapon, '$file', '0'),
    refused: no,
  },
  {
    title: 'restart the computer',
    formerly: "it restarted the machine alone then as well; the computer's own keys are what is asked for here",
    script: calling(call.reboot, '0xfee1dead', '672274793', '0', '0'),
    refused: /Operation not permitted|Invalid argument/,
  },
  {
    title: 'signal a process of the computer',
    formerly: 'it could not be named then either',
    script: `kill -0 ${process.pid} ${andSay}`,
    refused: /No such process/i,
  },
  {
    title: 'have a program of its own run when a control group is empty',
    formerly: 'it was refused where this was tried, for want of a hierarchy of version 1 in the machine',
    script: `mkdir -p /tmp/groups; for one in memory devices pids name=systemd; do mount -t cgroup -o $one groups /tmp/groups || continue
      echo /bin/true >/tmp/groups/release_agent ${andSay}; umount /tmp/groups; done; echo /bin/true >/sys/fs/cgroup/release_agent ${andSay}`,
    refused: no,
  },
  {
    title: 'raise its own limits',
    formerly: 'it mounted the control groups, and the limits on memory and devices were its own to write',
    script: `mkdir -p /tmp/groups; for file in pids.max memory.limit_in_bytes devices.allow; do
      mount -t cgroup -o \${file%%.*} groups /tmp/groups || continue
      for value in max -1 a; do echo $value >/tmp/groups/$file ${andSay}; done; umount /tmp/groups; done
      for file in pids.max memory.max cpu.max; do echo max >/sys/fs/cgroup/$file ${andSay}; done`,
    refused: no,
  },
];

for (const { title, script, refused } of attacks) {
  real(`root in a machine can't ${title}, by exec or by a service`, async (t) => {
    const each = ways.map(async ([way, argv]) => ({ way, said: words(await inMachine('web', ...argv(script))) }));
    for (const { way, said } of await Promise.all(each)) {
      t.false(said.includes(broken), `${way}: ${said}`);
      t.regex(said, refused, way);
    }
  });
}

const statusOf = async (...argv: string[]): Promise<Record<string, string>> => {
  const { stdout } = await inMachine('web', ...argv);
  return Object.fromEntries(stdout.split('\n').map((line) => line.split(/:\s+/)) as [string, string][]);
};

real('what enters a machine may do exactly what a service of the machine may', async (t) => {
  const keys = ['CapPrm', 'CapEff', 'CapBnd', 'CapAmb', 'NoNewPrivs', 'Seccomp'];
  const of = (status: Record<string, string>) => Object.fromEntries(keys.map((key) => [key, status[key]]));
  const [byExec, byService] = await Promise.all(
    ways.map(async ([, argv]) => of(await statusOf(...argv('cat /proc/self/status')))),
  );
  t.deepEqual(byExec, byService);
  t.is(byExec?.Seccomp, '2');
});

real('what enters a machine is in all of its namespaces', async (t) => {
  const links = (pid: string) => `for one in user mnt pid net uts ipc cgroup; do readlink /proc/${pid}/ns/$one; done`;
  const entered = ok(t, await inMachine('web', 'sh', '-c', links('self')));
  t.is(entered, ok(t, await inMachine('web', 'sh', '-c', links('1'))));
  const { stdout } = await run(['sh', '-c', links('self')]);
  const outside = new Set(stdout.trim().split('\n'));
  t.deepEqual(
    entered.split('\n').filter((one) => outside.has(one)),
    [],
  );
});

// Formerly exec could push characters into the terminal of whoever had called it, and the shell there ran them.
real('nobody types into the terminal of whoever has opened a shell', async (t) => {
  const { stdout } = await inMachine('web', 'perl', '-e', 'my $x = "x"; ioctl STDIN, 0x5412, $x; print "$!\n"');
  t.is(stdout, 'Operation not permitted');
});

/** A program for 32-bit x86 that ends with 42 by `int 0x80`, and by a fault where that call is refused. */
const foreignProgram = (): Buffer => {
  const code = Buffer.from('b801000000bb2a000000cd80f4', 'hex');
  const head = Buffer.alloc(84);
  head.write('\x7fELF\x01\x01\x01', 'latin1');
  for (const [at, value] of [
    [16, 2],
    [18, 3],
    [40, 52],
    [42, 32],
    [44, 1],
  ] as const)
    head.writeUInt16LE(value, at);
  const size = head.length + code.length;
  const words = [
    [20, 1],
    [24, 0x08048054],
    [28, 52],
    [52, 1],
    [60, 0x08048000],
    [64, 0x08048000],
    [68, size],
    [72, size],
  ] as const;
  for (const [at, value] of [...words, [76, 5], [80, 0x1000]] as const) head.writeUInt32LE(value, at);
  return Buffer.concat([head, code]);
};

real('the calls of another architecture are refused to what enters a machine', async (t) => {
  if (arm) return t.pass('there is no 32-bit x86');
  const unpack = `f=$(mktemp) && echo ${foreignProgram().toString('base64')} | base64 -d >"$f" && chmod 700 "$f"`;
  const play = `${unpack} && { "$f"; echo "ended with $?"; rm -f "$f"; }`;
  const outside = await run(['sh', '-c', play]);
  if (!outside.stdout.includes('ended with 42')) return t.pass('this kernel runs no 32-bit programs at all');
  const { stdout } = await inMachine('web', 'sh', '-c', play);
  t.regex(stdout, /ended with (?!42)\d+/);
});

const labId = async (): Promise<string> => (await readFile(join(lab, '.quintet/id'), 'utf8')).trim();

/** The folder of a machine's control group where it has the controller, wherever this computer keeps it. */
const groupOf = async (machine: string, file: string): Promise<string> => {
  const name = `quintet-${await labId()}-${machine}`;
  const { stdout } = await run(['find', '/sys/fs/cgroup', '-path', `*/${name}*/${file}`]);
  const [first] = stdout
    .split('\n')
    .sort((a, b) => a.length - b.length)
    .filter(Boolean);
  if (first === undefined) throw new Error(`${machine} has no ${file}`);
  return first.slice(0, -file.length - 1);
};

const processesOf = async (machine: string): Promise<string[]> => {
  const group = await groupOf(machine, 'cgroup.procs');
  const { stdout } = await run(['find', group, '-name', 'cgroup.procs', '-exec', 'cat', '{}', '+']);
  return stdout.split('\n').filter(Boolean);
};

const usersOf = async (machine: string): Promise<Set<number>> => {
  const ids = (await processesOf(machine)).map(async (pid) => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const [, name = '', uid] = /^Name:\s+(\S+)[\s\S]*^Uid:\s+(\d+)/m.exec(status) ?? [];
    // nspawn itself stays outside.
    return uid === undefined || /nspawn|flock|unshare/.test(name) ? [] : [Number(uid)];
  });
  return new Set((await Promise.all(ids)).flat());
};

// Formerly root in a machine was user 0 here.
real("a machine's users are nobody on the computer, and no two machines have the same ones", async (t) => {
  const found = await Promise.all(['lb1', 'lb2', 'web', 'app', 'db'].map(usersOf));
  for (const users of found) {
    t.true(users.size > 0);
    for (const user of users) t.true(user >= 524_288 && user <= 1_879_048_191, `user ${user}`);
  }
  const ranges = found.map((users) => new Set([...users].map((user) => Math.floor(user / 65_536))));
  t.true(ranges.every(({ size }) => size === 1));
  t.is(new Set(ranges.flatMap((range) => [...range])).size, 5);
});

// Formerly there was no bound: a fork bomb stopped the computer. What has ended but was never waited for counts as well and costs little.
real('a fork bomb ends at the bound of its machine', async (t) => {
  const bound = join(await groupOf('web', 'pids.max'), 'pids.max');
  t.is((await readFile(bound, 'utf8')).trim(), '4096');
  // Four thousand starts take half a minute on a slow computer: that the bound holds is seen at a lower one.
  await writeFile(bound, '400');
  try {
    const bomb =
      'my $n = 0; while (1) { my $pid = fork; last if !defined $pid; exit if !$pid; last if ++$n > 600 } print "$n $!\n"';
    const [count = '', ...why] = ok(t, await inMachine('web', 'perl', '-e', bomb)).split(' ');
    t.regex(why.join(' '), /temporarily unavailable/);
    t.true(Number(count) < 400, count);
  } finally {
    await writeFile(bound, '4096');
  }
});

// Formerly every user could start the programs that run as root in there, which no update ever reaches.
real('nobody but root gets into the bases and the disks', async (t) => {
  for (const folder of ['', 'bases', 'labs', 'ids']) {
    t.is((await stat(join('/var/lib/quintet', folder))).mode & 0o777, 0o700, folder);
  }
});

/** The machine's first process, as this computer numbers it. */
const firstOf = async (machine: string): Promise<string> => {
  for (const pid of await processesOf(machine)) {
    if (/^NSpid:\s+\d+\s+1$/m.test(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''))) return pid;
  }
  throw new Error(`${machine} does not run`);
};

// Formerly they were root's, and a program that runs as its owner was root's as well.
real("what a machine writes belongs to its users on the computer's disk", async (t) => {
  ok(t, await inMachine('web', 'sh', '-c', 'cp /usr/bin/id /root/id && chmod 4755 /root/id'));
  const { uid, mode } = await stat(`/proc/${await firstOf('web')}/root/root/id`);
  t.true(uid >= 524_288);
  t.is(mode & 0o7777, 0o4755);
  ok(t, await inMachine('web', 'rm', '/root/id'));
});

// Formerly a machine could write until the computer's disk was full.
real('a machine can write no more than its own disk holds', async (t) => {
  const [, size = ''] = ok(t, await inMachine('web', 'df', '--output=size', '--block-size=1M', '/')).split('\n');
  t.true(Number(size) <= 4096, size);
  const ran = await inMachine(
    'web',
    'sh',
    '-c',
    'fallocate --length 5G /root/fill; code=$?; rm -f /root/fill; exit $code',
  );
  t.regex(words(ran), /No space left on device/);
});
