import { reason } from '../check/judgement.js';
import type { Clock } from '../host/clock.js';
import type { NodeReadBack, ReadBackEvent } from '../model/history.js';
import { ownRuntime } from '../model/lab.js';
import { type EntryContract, forEntry, pathForEntry } from '../model/site.js';
import { memberLook, pairProgram } from '../roles/replica.js';
import { type Ground, withRole } from './ground.js';
import type { Vantage } from './vantage.js';
import type { Door } from './vantage-jobs.js';

/** How long the site may go without telling anything before that is a problem. */
const limitMs = 5000;
const againMs = 250;
/** Entries that are asked for at once, where each is read by itself. */
const atOnce = 8;

export type ReadBack = Pick<ReadBackEvent, 'ids' | 'problem'>;

/** What a run wrote: `ids` begin with the prefix, which no other run's do. */
export interface Written {
  readonly entries: EntryContract;
  readonly idPrefix: string;
  readonly ids: readonly string[];
}

type Ask = Vantage['ask'];
type Patience = Pick<Clock, 'nowMs' | 'sleep'>;
type List = NonNullable<EntryContract['list']>;

/** Words that say what was wrong, where an answer tells nothing. */
type Told<T> = { readonly told: T } | { readonly problem: string };

/**
 * Which entries of a run the site gives back: all that it lists whose id starts with the prefix, or, where it lists none, each
 * that was written. What can't be had is asked for again for a while; `problem` says what it was, and then some may be missing.
 */
export const readBack = (ask: Ask, clock: Patience, door: Door, written: Written): Promise<ReadBack> => {
  const { entries, idPrefix, ids } = written;
  return entries.list === undefined
    ? readEach(ask, clock, door, entries, ids)
    : readPages(ask, clock, door, entries.list, idPrefix);
};

/** Page by page: entries are listed by id, so those of a run stand together. */
const readPages = async (ask: Ask, clock: Patience, door: Door, list: List, idPrefix: string): Promise<ReadBack> => {
  const patience = patienceOf(clock, clock.nowMs() + limitMs);
  const ids: string[] = [];
  for (let after = idPrefix; ; ) {
    const page = await patience(() => onePage(ask, door, list, after));
    if ('problem' in page) return { ids, problem: page.problem };
    const own = page.told.filter((id) => id.startsWith(idPrefix));
    ids.push(...own);
    const last = own.at(-1);
    if (own.length < list.size || last === undefined) return { ids };
    if (last <= after) return { ids, problem: `entries can't be read: page after page ends with ${last}` };
    after = last;
  }
};

/** The same of each of several databases, asked by itself: what one of them lacks, the site may not show. */
export const readBackOfNodes = async (
  { plan, provider }: Pick<Ground, 'plan' | 'provider'>,
  idPrefix: string,
): Promise<readonly NodeReadBack[]> => {
  const { cluster, replica, schema } = plan.database;
  // What an application of one's own keeps where is its own matter.
  if ((cluster ?? replica) === undefined || plan.app.runtime === ownRuntime) return [];
  const prefix = `x'${Buffer.from(idPrefix).toString('hex')}'`;
  // A replica has what it was sent, and writes it down a moment later: that moment is waited for.
  const wait = replica === undefined ? '' : await waitForSource({ plan, provider });
  const input = `${wait}SELECT id FROM \`${schema}\`.entries WHERE LEFT(id, ${idPrefix.length}) = ${prefix} ORDER BY id;\n`;
  const argv = ['mariadb', '--batch', '--skip-column-names'];
  const asked = withRole(plan, 'database').map(async ({ name: machine }): Promise<NodeReadBack> => {
    try {
      const { exitCode, stdout, stderr } = await provider.exec(machine, argv, { input, timeoutMs: 10_000 });
      if (exitCode !== 0) return { machine, ids: [], problem: stderr.trim() };
      return { machine, ids: stdout.split('\n').filter((id) => id.startsWith(idPrefix)) };
    } catch (error) {
      return { machine, ids: [], problem: reason(error) };
    }
  });
  return Promise.all(asked);
};

/** Statements by which a replica waits until it has written down all that its source has; a source has it. */
const waitForSource = async ({ plan, provider }: Pick<Ground, 'plan' | 'provider'>): Promise<string> => {
  const looks = withRole(plan, 'database').map(async ({ name }) => {
    const { stdout } = await provider.exec(name, [pairProgram, 'look'], { timeoutMs: 10_000 });
    return memberLook(name, stdout);
  });
  const found = (await Promise.allSettled(looks)).flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const position = found.find(({ writable }) => writable)?.position ?? '';
  return /^[\d,-]+$/.test(position) ? `SELECT IF(@@GLOBAL.read_only, MASTER_GTID_WAIT('${position}', 5), 0);\n` : '';
};

/** Each by itself, a few at once; the first that tells nothing for too long is where it ends. */
const readEach = async (
  ask: Ask,
  clock: Patience,
  door: Door,
  entries: EntryContract,
  wanted: readonly string[],
): Promise<ReadBack> => {
  const ids: string[] = [];
  for (let from = 0; from < wanted.length; from += atOnce) {
    const some = wanted.slice(from, from + atOnce);
    const patience = patienceOf(clock, clock.nowMs() + limitMs);
    const answers = await Promise.all(some.map((id) => patience(() => oneEntry(ask, door, entries, id))));
    ids.push(...some.filter((_, index) => answers[index] !== undefined && isThere(answers[index])));
    const silent = answers.find((answer) => 'problem' in answer);
    if (silent !== undefined) return { ids, problem: silent.problem };
  }
  return { ids };
};

const isThere = (answer: Told<boolean>): boolean => 'told' in answer && answer.told;

/** Asks until something is told or the time is over. */
const patienceOf =
  (clock: Patience, untilMs: number) =>
  async <T>(look: () => Promise<Told<T>>): Promise<Told<T>> => {
    for (;;) {
      const answer = await look();
      if ('told' in answer || clock.nowMs() + againMs >= untilMs) return answer;
      await clock.sleep(againMs);
    }
  };

const unreadable = (why: string) => ({ problem: `entries can't be read: ${why}` });

const asked = async <T>(ask: Ask, door: Door, path: string, tell: Teller<T>): Promise<Told<T>> => {
  try {
    const answer = await ask({ kind: 'request', scheme: 'https', method: 'GET', path, ...door });
    if ('problem' in answer) return unreadable(answer.problem);
    return tell(answer) ?? unreadable(`status ${answer.status}`);
  } catch (error) {
    return unreadable(reason(error));
  }
};

type Teller<T> = (answer: { readonly status: number; readonly body: string }) => Told<T> | undefined;

/** The ids of a page. */
const onePage = (ask: Ask, door: Door, list: List, after: string): Promise<Told<readonly string[]>> =>
  asked(ask, door, pathForEntry(list.path, after), ({ status, body }) => {
    if (status !== 200) return undefined;
    const page = JSON.parse(body) as Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>;
    const entries = page[list.entries];
    if (!Array.isArray(entries)) return unreadable(`the answer has no ${list.entries}`);
    return { told: entries.map((entry) => String(entry[list.id])) };
  });

/** Whether an entry is there. */
const oneEntry = (ask: Ask, door: Door, { read }: EntryContract, id: string): Promise<Told<boolean>> =>
  asked(ask, door, pathForEntry(read.path, id), ({ status, body }) => {
    if (status === 200 && body.includes(forEntry(read.seen, id))) return { told: true };
    return status === 404 && body.includes(forEntry(read.missing, id)) ? { told: false } : undefined;
  });
