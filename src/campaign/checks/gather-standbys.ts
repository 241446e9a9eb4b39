import type { StandbyFacts } from '../../check/facts.js';
import { reason } from '../../check/judgement.js';
import { own } from '../../model/own.js';
import { type Ground, withRole } from '../ground.js';

/**
 * Asks keepalived for a dump of its own (keepalived(8), signal JSON) and prints it, with the machine's hold on the VIP before
 * it. The dump is written by another process a moment after the signal: it is waited for, 3 s at the most. Of one in FAULT it says
 * what can be seen of the causes: each of those that our configuration knows, or else keepalived's own last words.
 */
const teller = `
if [ -n "$(ip -o -4 addr show to "$1")" ]; then echo holds; else echo free; fi
pid=$(systemctl show --property=MainPID --value keepalived.service)
if [ "\${pid:-0}" = 0 ]; then echo stopped; exit; fi
signal=$(keepalived --signum=JSON 2>/dev/null) || { echo dumb; exit; }
dump=/tmp/keepalived.json
rm -f "$dump"
kill -s "$signal" "$pid" || { echo stopped; exit; }
written() { grep -q '}\\]$' "$dump" 2>/dev/null; }
for _ in $(seq 60); do
  written && break
  sleep 0.05
done
written || { echo silent; exit; }
echo dump
cat "$dump"
grep -q '"state": *3' "$dump" || exit 0
printf '\\n\\n'
interface=$(sed -n 's/^\\$LAB_INTERFACE=//p' /etc/keepalived/interface.conf)
seen=$(
  [ "$(cat "/sys/class/net/$interface/carrier")" != 0 ] || echo 'its cable is out'
  [ "$(cat /run/quintet/haproxy-down)" != 1 ] || echo 'HAProxy is down'
  /usr/local/lib/quintet/haproxy-alive || echo 'HAProxy does not answer'
)
echo "\${seen:-it said last: $(journalctl --unit keepalived --boot --lines 3 --output cat | paste -sd '|' | cut -c 1-400)}"
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
  const [dump = '', causes = ''] = rest.join('\n').split('\n\n');
  const [instance] = JSON.parse(dump) as Dump[];
  const state = states[instance?.data.state ?? -1] ?? 'unknown';
  const why = causes.trim().replaceAll('\n', ', ');
  return { ...about, state, advertsHeard: instance?.stats.advert_rcvd ?? 0, ...(why !== '' && { why }) };
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
