import type { StandbyFacts } from '../../check/facts.js';
import { reason } from '../../check/judgement.js';
import { own } from '../../model/own.js';
import { type Ground, withRole } from '../ground.js';

/**
 * Asks keepalived for a dump of its own (keepalived(8), signal JSON) and prints it, with the machine's hold on the VIP before
 * it. The dump is written by another process a moment after the signal: it is waited for, 3 s at the most.
 */
const teller = `
if [ -n "$(ip -o -4 addr show to "$1")" ]; then echo holds; else echo free; fi
pid=$(systemctl show --property=MainPID --value keepalived.service)
if [ "\${pid:-0}" = 0 ]; then echo stopped; exit; fi
signal=$(keepalived --signum=JSON 2>/dev/null) || { echo dumb; exit; }
dump=/tmp/keepalived.json
rm -f "$dump"
kill -s "$signal" "$pid" || { echo stopped; exit; }
for _ in $(seq 60); do
  if grep -q '}\\]$' "$dump" 2>/dev/null; then echo dump; cat "$dump"; exit; fi
  sleep 0.05
done
echo silent
`;

const timeoutMs = 10_000;

/** keepalived's own numbers (vrrp.h). */
const states = ['init', 'backup', 'master', 'fault'] as const;

interface Dump {
  readonly data: { readonly state: number };
  readonly stats: { readonly advert_rcvd: number };
}

const silences: Readonly<Record<string, string>> = {
  dumb: 'this keepalived knows no dump of itself',
  silent: 'keepalived wrote no dump of itself within 3 s',
};

/** What a load balancer's answer says. */
export const standbyIn = (machine: string, text: string): StandbyFacts => {
  const [first = '', word = '', ...rest] = text.split('\n');
  const about = { machine, holds: first === 'holds', advertsHeard: 0 };
  if (word === 'stopped') return { ...about, state: 'stopped' };
  if (word !== 'dump') return { ...about, state: 'unknown', silence: own(silences, word) ?? 'it answered nothing' };
  const [instance] = JSON.parse(rest.join('\n')) as Dump[];
  const state = states[instance?.data.state ?? -1] ?? 'unknown';
  return { ...about, state, advertsHeard: instance?.stats.advert_rcvd ?? 0 };
};

const loadBalancersOf = ({ plan }: Pick<Ground, 'plan'>): string[] =>
  withRole(plan, 'load-balancer').map(({ name }) => name);

/** What keepalived on every load balancer, or on those that are named, says of itself. */
export const gatherStandbys = async (
  { plan, provider }: Pick<Ground, 'plan' | 'provider'>,
  machines = loadBalancersOf({ plan }),
): Promise<readonly StandbyFacts[]> => {
  const asked = machines.map(async (name): Promise<StandbyFacts> => {
    try {
      const argv = ['sh', '-c', teller, 'quintet-standby', plan.network.vip];
      const { exitCode, stdout, stderr } = await provider.exec(name, argv, { timeoutMs });
      if (exitCode === 0) return standbyIn(name, stdout);
      return { machine: name, holds: false, state: 'unknown', advertsHeard: 0, silence: stderr.trim() };
    } catch (error) {
      return { machine: name, holds: false, state: 'unknown', advertsHeard: 0, silence: reason(error) };
    }
  });
  return Promise.all(asked);
};
