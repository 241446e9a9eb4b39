import type { VrrpEvent } from '../../model/history.js';
import { type Ground, withRole } from '../ground.js';
import { allMade, type Seen, Touch, type Watching } from './observed.js';
import { ownClock, timeIn } from './own-clock.js';
import { holdsAfter } from './vip.js';
import { vrrpAfter } from './vrrp.js';

/**
 * Runs in a load balancer. First how things stand: what keepalived said since the machine's start, whether it runs, the
 * hardware address of the lab's interface, and last whether the VIP is here (`holds` or `free`). Then every change of its
 * addresses as the kernel tells it (no polling) and every line of keepalived's journal, each with its time: a busy computer may
 * pass it on late. A word a second finds out whether anybody still listens, so that it never outlives Quintet by more.
 */
const watcher = `
trap '' PIPE
vip=$1 address=$2 unit=keepalived.service
journal() { exec journalctl --quiet --no-pager --boot --unit="$unit" --output=short-unix "$@"; }
TZ=UTC ip -o -4 -ts monitor address & children=($!)
trap 'kill "\${children[@]}" 2>/dev/null' EXIT
trap exit HUP INT TERM
# From when the kernel tells it something (its socket is bound to a group, rtnetlink(7)) nothing is missed; 5 s at the most.
for _ in {1..500}; do
  while read -r _ protocol id groups _; do
    if [ "$protocol $id" = "0 \${children[0]}" ] && [ "$groups" != 00000000 ]; then break 2; fi
  done </proc/net/netlink
  sleep 0.01
done
past=$(journal --lines=100 --show-cursor)
cursor=--no-tail
while IFS= read -r line; do
  case $line in
    '-- cursor: '*) cursor=--after-cursor=\${line#-- cursor: } ;;
    *) echo "journal $EPOCHREALTIME $line" ;;
  esac
done <<<"$past"
exec 8< <(journal --follow --no-tail "$cursor")
children+=($!)
echo "unit $(systemctl is-active "$unit")"
read -r _ interface _ < <(ip -o -4 addr show to "$address")
echo "hardware $(cat "/sys/class/net/$interface/address")"
if [ -n "$(ip -o -4 addr show to "$vip")" ]; then echo holds; else echo free; fi
begun=
while :; do
  IFS= read -r -t 1 -u 8 line
  case $? in
    0) echo "journal $EPOCHREALTIME $begun$line" || exit; begun= ;;
    1) echo "tick $EPOCHREALTIME" || exit; sleep 1 ;;
    *) echo "tick $EPOCHREALTIME" || exit; begun=$begun$line ;;
  esac
done
`;

type State = VrrpEvent['state'];
/** What follows the journal is late by 250 ms at the most; more than this is a clock that was set meanwhile. */
const latestMs = 2000;
const againMs = 250;

/**
 * Whether a machine does anything: one that is `off` lost its power just now, a `still` one is paused, a `waking` one may
 * go on at any moment, and does so at the latest when it is called `awake`.
 */
export type Pulse = 'off' | 'still' | 'waking' | 'awake';

export interface LoadBalancers extends Watching {
  /** Who holds the VIP as far as is known now, sorted. */
  holders(): readonly string[];
  feel(machine: string, pulse: Pulse): void;
  /** The load balancer with this hardware address in the lab network, as far as is known now. */
  byHardware(address: string): string | undefined;
}

/**
 * Watches the VIP and keepalived's state on all load balancers. A machine without power holds nothing and runs nothing;
 * it is asked again until it answers. A paused one does not say so itself. Its address is still there, and nobody behind
 * it: it holds nothing until it moves again, and then what it did before.
 */
export const watchLoadBalancers = (
  { plan, provider, clock }: Pick<Ground, 'plan' | 'provider' | 'clock'>,
  seen: Seen,
  signal: AbortSignal,
): LoadBalancers => {
  const holding = new Set<string>();
  const paused = new Map<string, 'still' | 'waking'>();
  const holders = () => [...holding].filter((machine) => !paused.has(machine)).sort();
  const hardware = new Map<string, string>();
  const change = (make: () => void, agoMs = 0) => {
    const before = holders().join();
    make();
    if (holders().join() !== before) seen({ type: 'vip', holders: holders() }, agoMs);
  };
  /** What to do when a machine loses its power: nothing may tell Quintet so for as long as its connection is waited for. */
  const cuts = new Map<string, () => void>();
  const feel = (machine: string, pulse: Pulse) => {
    if (pulse === 'off') cuts.get(machine)?.();
    else change(() => void (pulse === 'awake' ? paused.delete(machine) : paused.set(machine, pulse)));
  };
  const wake = (machine: string) => {
    if (paused.get(machine) === 'waking') feel(machine, 'awake');
  };
  const note = (machine: string, holds: boolean, agoMs = 0) => {
    // Whoever lets the VIP go has heard of one that is back.
    if (!holds && holding.has(machine)) for (const other of paused.keys()) wake(other);
    change(() => void (holds ? holding.add(machine) : holding.delete(machine)), agoMs);
  };
  const watch = async (machine: string, address: string, touch: Touch) => {
    const argv = ['bash', '-c', watcher, 'quintet-watch', plan.network.vip, address];
    const vrrp = vrrpOf(machine, seen);
    const lost = () => {
      touch.lose();
      note(machine, false);
      vrrp.lost();
    };
    const agoOf = ownClock();
    const hear = (line: string) => {
      wake(machine);
      const thenMs = timeIn(line);
      const agoMs = thenMs === undefined ? 0 : agoOf(thenMs, clock.nowMs());
      vrrp.hear(line, agoMs);
      const mac = /^hardware (\S+)$/.exec(line)?.[1];
      if (mac) hardware.set(mac, machine);
      const holds = holdsAfter(line, plan.network.vip);
      if (holds !== undefined) note(machine, holds, agoMs);
      if (line === 'holds' || line === 'free') touch.make();
    };
    while (!signal.aborted) {
      const cut = new AbortController();
      cuts.set(machine, () => {
        cut.abort();
        lost();
      });
      const onLine = (line: string) => {
        if (!cut.signal.aborted) hear(line);
      };
      const either = AbortSignal.any([signal, cut.signal]);
      await provider.exec(machine, argv, { onLine, signal: either }).catch(() => undefined);
      if (signal.aborted) return;
      lost();
      await clock.sleep(againMs, signal).catch(() => undefined);
    }
  };
  const balancers = withRole(plan, 'load-balancer').map((machine) => ({ ...machine, touch: new Touch() }));
  const ended = balancers.map(({ name, address, touch }) => watch(name, address, touch));
  return {
    inTouch: allMade(balancers.map(({ touch }) => touch)),
    ended: Promise.all(ended),
    holders,
    feel,
    byHardware: (address) => hardware.get(address),
  };
};

const isStopped = (line: string): boolean => line.startsWith('unit ') && !/^unit (?:active|reloading)$/.test(line);

/** Follows keepalived's state on one machine: its past only for what it is now, then every change. */
const vrrpOf = (machine: string, seen: Seen) => {
  let known: State | undefined;
  let past: { state: State; agoMs: number } | undefined;
  let present = false;
  const tell = (state: State, agoMs: number) => {
    if (state !== known) seen({ type: 'vrrp', machine, state }, agoMs);
    known = state;
  };
  return {
    hear: (line: string, lateMs: number) => {
      const word = vrrpAfter(line);
      if (word && present) tell(word.state, lateMs + (word.agoMs > latestMs ? 0 : word.agoMs));
      else if (word) past = word;
      if (isStopped(line) && past?.state !== 'stopped') past = { state: 'stopped', agoMs: 0 };
      if (line !== 'holds' && line !== 'free') return;
      if (past && !present) tell(past.state, past.agoMs);
      present = true;
    },
    lost: () => {
      past = undefined;
      present = false;
      tell('stopped', 0);
    },
  };
};
