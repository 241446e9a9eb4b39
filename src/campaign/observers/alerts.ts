import * as z from 'zod';
import { reason } from '../../check/judgement.js';
import type { AlertEvent } from '../../model/history.js';
import type { PlannedMachine } from '../../model/plan.js';
import { type Ground, withRole } from '../ground.js';
import { type Observed, type Seen, Touch, type Watching } from './observed.js';
import { ownClock, timeIn } from './own-clock.js';

/**
 * Runs on the monitoring server: passes on each line of what whoever is on call is told (alert-log), with the time at which it came.
 * A word a second finds out whether anybody still listens, so that it never outlives Quintet by more.
 */
const watcher = `
trap '' PIPE
exec 8< <(exec tail --lines=0 --follow=name --retry /var/log/quintet/alerts.log 2>/dev/null)
child=$!
trap 'kill "$child" 2>/dev/null' EXIT
trap exit HUP INT TERM
echo watching
begun=
while :; do
  IFS= read -r -t 1 -u 8 line
  case $? in
    0) echo "alert $begun$line" || exit; begun= ;;
    1) echo "tick $EPOCHREALTIME" || exit; sleep 1 ;;
    *) echo "tick $EPOCHREALTIME" || exit; begun=$begun$line ;;
  esac
done
`;

type Alert = Omit<AlertEvent, 'atMs'>;

const labels = z.looseObject({ alertname: z.string(), machine: z.string().optional(), name: z.string().optional() });
type Labels = z.output<typeof labels>;

/** What Alertmanager sends (its webhook, version 4). */
const notification = z.looseObject({
  alerts: z.array(z.looseObject({ status: z.enum(['firing', 'resolved']), labels })),
});
/** What Prometheus answers (`/api/v1/alerts`). */
const active = z.looseObject({
  data: z.looseObject({ alerts: z.array(z.looseObject({ state: z.string(), labels })) }),
});

const alert = ({ alertname, machine = 'site', name }: Labels, firing: boolean): Alert => ({
  type: 'alert',
  name: alertname,
  machine,
  firing,
  ...(name !== undefined && { about: name }),
});

/** The alerts in a line of the watcher; throws where it is none of Alertmanager's. */
export const alertsIn = (line: string): Alert[] => {
  const body = /^alert \d+\.\d+ (.*)$/.exec(line)?.[1];
  if (body === undefined) return [];
  return notification.parse(JSON.parse(body)).alerts.map((each) => alert(each.labels, each.status === 'firing'));
};

/** The alerts that fire, as Prometheus itself tells. */
export const firingIn = (body: string): Alert[] =>
  active
    .parse(JSON.parse(body))
    .data.alerts.filter(({ state }) => state === 'firing')
    .map((each) => alert(each.labels, true));

/** Asks Prometheus something; throws where it does not answer. */
export const askPrometheus = async (
  { plan, vantage }: Pick<Ground, 'plan' | 'vantage'>,
  { address }: PlannedMachine,
  path: string,
): Promise<string> => {
  const door = { address, port: plan.ports.prometheus ?? 0, serverName: address, ca: '', timeoutMs: 2000 * plan.pace };
  const answer = await vantage.ask({ kind: 'request', scheme: 'http', method: 'GET', path, ...door });
  if ('problem' in answer) throw new Error(`Prometheus does not answer: ${answer.problem}`);
  if (answer.status !== 200) throw new Error(`Prometheus answers with status ${answer.status}`);
  return answer.body ?? '';
};

/** The alerts that fire now. */
export const firingAlerts = async (
  ground: Pick<Ground, 'plan' | 'vantage'>,
  watcher: PlannedMachine,
): Promise<Alert[]> => firingIn(await askPrometheus(ground, watcher, '/api/v1/alerts'));

const keyOf = ({ name, machine, about = '' }: Alert): string => `${name} ${machine} ${about}`;

const againMs = 250;

export interface Alerts extends Watching {
  /** Whether whoever is on call has been told of something that is not over yet, as far as they have been told. */
  firing(): boolean;
  /** What it said when it could not hear them; undefined while it can. */
  deaf(): Observed | undefined;
}

/** Hears what whoever is on call is told, from the first monitoring server of a lab; nothing where there is none. */
export const watchAlerts = (
  ground: Pick<Ground, 'plan' | 'provider' | 'vantage' | 'clock'>,
  seen: Seen,
  signal: AbortSignal,
): Alerts => {
  const { plan, provider, clock } = ground;
  const [machine] = withRole(plan, 'monitoring');
  if (machine === undefined) {
    return { inTouch: async () => undefined, ended: Promise.resolve(), firing: () => false, deaf: () => undefined };
  }
  const firing = new Map<string, Alert>();
  const tell = (each: Alert, agoMs: number) => {
    const key = keyOf(each);
    if (firing.has(key) !== each.firing) seen(each, agoMs);
    if (each.firing) firing.set(key, each);
    else firing.delete(key);
  };
  let complained = false;
  let deaf: Observed | undefined;
  const orSay = (hear: () => void) => {
    try {
      hear();
    } catch (error) {
      if (!complained) seen({ type: 'note', text: `what was told of alerts can't be read: ${reason(error)}` }, 0);
      complained = true;
    }
  };
  const touch = new Touch();
  const watch = async () => {
    const agoOf = ownClock();
    const hear = (line: string) => {
      const thenMs = timeIn(line);
      const agoMs = thenMs === undefined ? 0 : agoOf(thenMs, clock.nowMs());
      for (const each of alertsIn(line)) tell(each, agoMs);
    };
    while (!signal.aborted) {
      const onLine = (line: string) => {
        if (signal.aborted) return;
        // Only now: what fires already is not told again, and nothing that begins meanwhile is missed, or ended while nobody listened.
        if (line !== 'watching') return orSay(() => hear(line));
        deaf = undefined;
        const known = [...firing.values()];
        void firingAlerts(ground, machine)
          .then((all) => {
            const still = new Set(all.map(keyOf));
            for (const each of known) if (!still.has(keyOf(each))) tell({ ...each, firing: false }, 0);
            for (const each of all) tell(each, 0);
          })
          .catch(() => undefined)
          .finally(() => touch.make());
      };
      const argv = ['bash', '-c', watcher, 'quintet-alerts'];
      const ended = await provider
        .exec(machine.name, argv, { onLine, signal })
        .catch((error: unknown) => ({ stderr: reason(error) }));
      touch.lose();
      if (!signal.aborted && deaf === undefined) {
        const text = `what whoever is on call was told could not be heard: ${ended.stderr.trim() || 'nobody listened any more'}`;
        deaf = { type: 'note', text, deafTo: 'alerts' };
        seen(deaf, 0);
      }
      await clock.sleep(againMs, signal).catch(() => undefined);
    }
  };
  return { inTouch: () => touch.made, ended: watch(), firing: () => firing.size > 0, deaf: () => deaf };
};
