import { isAllowed, isFine, sourcesOf, targetsFor } from '../../check/connections.js';
import type { Attempt, ConnectionFacts, Silence, Target } from '../../check/facts.js';
import { reason } from '../../check/judgement.js';
import { UnknownError } from '../../model/errors.js';
import { vantageName } from '../../model/plan.js';
import type { Ground } from '../ground.js';

const timeoutMs = 1000;

/** Asks every source to try every target, and every machine what listens on it. */
export const gatherConnections = async (ground: Ground): Promise<ConnectionFacts> => {
  const names = ground.plan.machines.map((machine) => machine.name);
  const heard = await eachOf(names, (name) => listenersOf(ground, name));
  const listening = heard.found.flat();
  const tried = await eachOf(sourcesOf(ground.plan), (source) => attemptsOf(ground, source, listening));
  return {
    attempts: tried.found.flat(),
    listening,
    silent: [...heard.silent, ...tried.silent].filter(firstOfItsMachine),
  };
};

const firstOfItsMachine = (silence: Silence, index: number, all: readonly Silence[]): boolean =>
  all.findIndex((each) => each.machine === silence.machine) === index;

/** Asks all at once; who does not answer hides nobody else's answer. */
const eachOf = async <T>(names: readonly string[], ask: (name: string) => Promise<T>) => {
  const results = await Promise.allSettled(names.map(ask));
  return {
    found: results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
    silent: results.flatMap((result, index): Silence[] =>
      result.status === 'rejected' ? [{ machine: names[index] ?? '', reason: reason(result.reason) }] : [],
    ),
  };
};

/** A packet may be lost on a busy computer: what should have been open and was not is tried once more. */
const attemptsOf = async (ground: Ground, from: string, listening: readonly Target[]): Promise<Attempt[]> => {
  const first = await trySome(ground, from, targetsFor(ground.plan, from, listening), timeoutMs);
  const surprising = first.filter((each) => isAllowed(ground.plan, from, each) && !isFine(ground.plan, each));
  if (surprising.length === 0) return first;
  const second = await trySome(ground, from, surprising, 2 * timeoutMs);
  return [...first.filter((each) => !surprising.includes(each)), ...second];
};

const trySome = async (
  ground: Ground,
  from: string,
  targets: readonly Target[],
  limitMs: number,
): Promise<Attempt[]> => {
  const answers =
    from === vantageName
      ? await ground.vantage.ask({ kind: 'connect', targets, timeoutMs: limitMs })
      : await sweep(ground, from, targets, limitMs);
  return targets.map(({ address, port }, index) => ({ from, address, port, answer: answers[index] ?? 'not tried' }));
};

/**
 * Opens all connections at once from inside a machine and says what became of each, in order. Perl, because perl-base is
 * on every Debian and Ubuntu and one process does it all; only what perl-base has is used.
 */
const sweeper = `
use strict; use Socket; use Fcntl; use Errno;
my ($left, @targets) = @ARGV; my (%open, %answer);
my $name = sub { my $code = shift; return 'refused' if $code == Errno::ECONNREFUSED();
  local $! = $code; my ($known) = grep { $!{$_} } qw(EHOSTUNREACH ENETUNREACH EACCES EPERM ETIMEDOUT); return $known // "error $code"; };
for (@targets) {
  my ($address, $port) = split /:/;
  socket(my $socket, PF_INET, SOCK_STREAM, 0) or die "socket: $!";
  fcntl($socket, F_SETFL, O_NONBLOCK) or die "fcntl: $!";
  if (connect($socket, sockaddr_in($port, inet_aton($address)))) { $answer{$_} = 'open'; }
  elsif ($!{EINPROGRESS}) { $open{fileno $socket} = [$socket, $_]; }
  else { $answer{$_} = $name->($!+0); }
}
while (%open && $left > 0) {
  my $ready = ''; vec($ready, $_, 1) = 1 for keys %open;
  (my $count, $left) = select(undef, $ready, undef, $left);
  last if $count <= 0;
  for my $number (grep { vec($ready, $_, 1) } keys %open) {
    my ($socket, $target) = @{ delete $open{$number} };
    my $code = unpack 'i', getsockopt($socket, SOL_SOCKET, SO_ERROR);
    $answer{$target} = $code == 0 ? 'open' : $name->($code);
  }
}
print $answer{$_} // 'timeout', "\\n" for @targets;
`;

const sweep = async (ground: Ground, from: string, targets: readonly Target[], limitMs: number): Promise<string[]> => {
  const words = targets.map(({ address, port }) => `${address}:${port}`);
  const argv = ['perl', '-e', sweeper, String(limitMs / 1000), ...words];
  const { exitCode, stdout, stderr } = await ground.provider.exec(from, argv, { timeoutMs: limitMs + 10_000 });
  if (exitCode !== 0) throw new UnknownError(`trying connections failed: ${stderr.trim() || `exit code ${exitCode}`}`);
  return stdout.trimEnd().split('\n');
};

/** What listens on other addresses than the loopback; a program that listens everywhere listens on the machine's own. */
const listenersOf = async ({ provider, plan }: Ground, machine: string): Promise<Target[]> => {
  const { exitCode, stdout, stderr } = await provider.exec(machine, ['ss', '-H', '-l', '-t', '-n'], {
    timeoutMs: 5000,
  });
  if (exitCode !== 0) throw new UnknownError(`ss failed: ${stderr.trim() || `exit code ${exitCode}`}`);
  const own = plan.machines.find((each) => each.name === machine)?.address ?? '';
  return stdout.split('\n').flatMap((line) => listenerOf(line, own));
};

/** A line of ss: LISTEN 0 511 192.168.56.21:8443 0.0.0.0:* */
export const listenerOf = (line: string, own: string): Target[] => {
  const match = /^LISTEN\s+\d+\s+\d+\s+(?<address>\S+):(?<port>\d+)\s/.exec(line.trimStart());
  const { address = '', port = '' } = match?.groups ?? {};
  const bare = address
    .replace(/^\[|\]$/g, '')
    .replace(/%.*$/, '')
    .replace(/\]$/, '')
    .replace(/^::ffff:/, '');
  if (bare === '' || bare.startsWith('127.') || bare === '::1') return [];
  return [{ address: ['*', '0.0.0.0', '::'].includes(bare) ? own : bare, port: Number(port) }];
};
