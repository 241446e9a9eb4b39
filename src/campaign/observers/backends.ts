import { parse } from 'csv-parse/sync';
import * as z from 'zod';
import { reason } from '../../check/judgement.js';
import type { PlannedMachine } from '../../model/plan.js';
import { type Ground, withRole } from '../ground.js';
import { allMade, type Seen, Touch, type Watching } from './observed.js';

export interface ServerState {
  readonly backend: string;
  readonly server: string;
  readonly up: boolean;
}

/** The columns that count; HAProxy has a hundred others, from version to version more. */
const row = z.object({ pxname: z.string(), svname: z.string(), status: z.string(), type: z.string() });
/** Rows are frontends (0), backends (1), servers (2) and sockets (3). */
const serverType = '2';

/** The servers in HAProxy's statistics (CSV); throws when that is not what it is. */
export const serversIn = (csv: string): ServerState[] => {
  const [head = [], ...lines] = parse(csv, { record_delimiter: '\n', skip_empty_lines: true }) as string[][];
  const columns = head.map((name) => name.replace(/^# /, ''));
  const places = Object.keys(row.shape).map((name) => [name, columns.indexOf(name)] as const);
  const rows = lines.map((cells) => row.parse(Object.fromEntries(places.map(([name, at]) => [name, cells[at]]))));
  return rows
    .filter(({ type }) => type === serverType)
    .map(({ pxname, svname, status }) => ({ backend: pxname, server: svname, up: !/^(?:DOWN|MAINT)/.test(status) }));
};

const everyMs = 500;
/** Shorter than the interval, so that two never overlap. */
const timeoutMs = 400;

/** Asks every load balancer's HAProxy again and again which of its servers are up. Who does not answer is not heard. */
export const watchBackends = (
  { plan, vantage, clock }: Pick<Ground, 'plan' | 'vantage' | 'clock'>,
  seen: Seen,
  signal: AbortSignal,
): Watching => {
  const ask = async ({ address }: PlannedMachine): Promise<string | undefined> => {
    const door = { address, port: plan.ports.stats, serverName: address, ca: '', timeoutMs };
    const job = { kind: 'request', scheme: 'http', method: 'GET', path: '/;csv;norefresh', ...door } as const;
    const answer = await vantage.ask(job).catch(() => undefined);
    return answer !== undefined && 'body' in answer && answer.status === 200 ? answer.body : undefined;
  };
  const watch = async (machine: PlannedMachine, touch: Touch) => {
    const hear = changesOf(machine.name, seen);
    while (!signal.aborted) {
      const dueMs = clock.nowMs() + everyMs;
      const csv = await ask(machine);
      if (csv !== undefined && !signal.aborted) hear(csv);
      touch.make();
      await clock.sleep(Math.max(0, dueMs - clock.nowMs()), signal).catch(() => undefined);
    }
  };
  const balancers = withRole(plan, 'load-balancer').map((machine) => ({ machine, touch: new Touch() }));
  const ended = balancers.map(({ machine, touch }) => watch(machine, touch));
  return { inTouch: allMade(balancers.map(({ touch }) => touch)), ended: Promise.all(ended) };
};

/** Hears one machine's statistics and passes on what changed; once, that they can't be read. */
const changesOf = (machine: string, seen: Seen): ((csv: string) => void) => {
  const known = new Map<string, boolean>();
  let complained = false;
  return (csv) => {
    try {
      for (const { backend, server, up } of serversIn(csv)) {
        const key = `${backend}/${server}`;
        if (known.get(key) !== up) seen({ type: 'backend', machine, server, up }, 0);
        known.set(key, up);
      }
    } catch (error) {
      if (!complained) seen({ type: 'note', text: `${machine}'s statistics can't be read: ${reason(error)}` }, 0);
      complained = true;
    }
  };
};
