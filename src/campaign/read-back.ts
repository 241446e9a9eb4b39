import { reason } from '../check/judgement.js';
import type { Clock } from '../host/clock.js';
import type { NodeReadBack, ReadBackEvent } from '../model/history.js';
import { type Ground, withRole } from './ground.js';
import type { Vantage } from './vantage.js';
import type { Door } from './vantage-jobs.js';

/** How long the site may go without giving a page before that is a problem. */
const limitMs = 5000;
const againMs = 250;
const pageSize = 1000;

export type ReadBack = Pick<ReadBackEvent, 'ids' | 'problem'>;

/**
 * Every entry whose id starts with the prefix, page by page (entries are listed by id, so they stand together). A page that
 * can't be had is asked for again for a while; `problem` says what it was, and then entries may be missing.
 */
export const readBack = async (
  ask: Vantage['ask'],
  clock: Pick<Clock, 'nowMs' | 'sleep'>,
  door: Door,
  idPrefix: string,
): Promise<ReadBack> => {
  const untilMs = clock.nowMs() + limitMs;
  const ids: string[] = [];
  for (let after = idPrefix; ; ) {
    const page = await onePage(ask, door, after);
    if (typeof page === 'string') {
      if (clock.nowMs() + againMs >= untilMs) return { ids, problem: page };
      await clock.sleep(againMs);
      continue;
    }
    const own = page.filter((id) => id.startsWith(idPrefix));
    ids.push(...own);
    const last = own.at(-1);
    if (own.length < pageSize || last === undefined) return { ids };
    if (last <= after) return { ids, problem: `entries can't be read: page after page ends with ${last}` };
    after = last;
  }
};

/** The same of each machine of a database cluster, asked by itself: what one of them lacks, the site may not show. */
export const readBackOfNodes = async (
  { plan, provider }: Pick<Ground, 'plan' | 'provider'>,
  idPrefix: string,
): Promise<readonly NodeReadBack[]> => {
  const { cluster, schema } = plan.database;
  if (cluster === undefined) return [];
  const prefix = `x'${Buffer.from(idPrefix).toString('hex')}'`;
  const input = `SELECT id FROM \`${schema}\`.entries WHERE LEFT(id, ${idPrefix.length}) = ${prefix} ORDER BY id;\n`;
  const argv = ['mariadb', '--batch', '--skip-column-names'];
  const asked = withRole(plan, 'database').map(async ({ name: machine }): Promise<NodeReadBack> => {
    try {
      const { exitCode, stdout, stderr } = await provider.exec(machine, argv, { input, timeoutMs: 10_000 });
      if (exitCode !== 0) return { machine, ids: [], problem: stderr.trim() };
      return { machine, ids: stdout.split('\n').filter((id) => id !== '') };
    } catch (error) {
      return { machine, ids: [], problem: reason(error) };
    }
  });
  return Promise.all(asked);
};

/** The ids of a page, or why there are none. */
const onePage = async (ask: Vantage['ask'], door: Door, after: string): Promise<readonly string[] | string> => {
  const path = `/api/entries?after=${encodeURIComponent(after)}&limit=${pageSize}`;
  try {
    const answer = await ask({ kind: 'request', scheme: 'https', method: 'GET', path, ...door });
    if ('problem' in answer) return `entries can't be read: ${answer.problem}`;
    if (answer.status !== 200) return `entries can't be read: status ${answer.status}`;
    const { entries } = JSON.parse(answer.body) as { entries: readonly { readonly id: string }[] };
    return entries.map(({ id }) => id);
  } catch (error) {
    return `entries can't be read: ${reason(error)}`;
  }
};
