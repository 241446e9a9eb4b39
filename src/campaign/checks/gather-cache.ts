import { randomUUID } from 'node:crypto';
import type { CacheFacts } from '../../check/facts.js';
import { UnknownError } from '../../model/errors.js';
import { forEntry, pathForEntry } from '../../model/site.js';
import { type Ground, siteDoor, withRole } from '../ground.js';
import type { RequestJob } from '../vantage-jobs.js';

/** What Varnish counted: a line each, the name and the figure. */
export const countsIn = (text: string): ReadonlyMap<string, number> =>
  new Map([...text.matchAll(/^MAIN\.(\w+)\s+(\d+)/gm)].map(([, name = '', count]) => [name, Number(count)]));

/** Asks the site as a visitor would, and reads in the answers what the cache had to do with them. */
export const gatherCache = async (ground: Ground): Promise<CacheFacts> => {
  const [machine] = withRole(ground.plan, 'cache');
  if (machine === undefined) throw new UnknownError('the lab has no cache');
  const { dynamic, entries } = ground.plan.site;
  if (entries === undefined) throw new UnknownError('the application has no entries');
  const door = siteDoor(ground);
  const ask = async (method: 'GET' | 'POST' | 'PUT', path: string, more: Pick<RequestJob, 'body' | 'headers'> = {}) => {
    const answer = await ground.vantage.ask({ kind: 'request', scheme: 'https', method, path, ...door, ...more });
    if ('problem' in answer) throw new UnknownError(`${method} ${path} was not answered: ${answer.problem}`);
    return { status: answer.status ?? 0, how: answer.headers?.['x-cache'] ?? 'none' };
  };
  const twice = async (what: string, path: string, headers: RequestJob['headers'] = {}) => ({
    what,
    how: [(await ask('GET', path, { headers })).how, (await ask('GET', path, { headers })).how],
  });
  const id = `cache-${randomUUID()}`;
  const path = pathForEntry(entries.read.path, id);
  const absent = (await ask('GET', path)).status;
  await ask(entries.write.method, pathForEntry(entries.write.path, id), { body: forEntry(entries.write.body, id) });
  const first = await ask('GET', path);
  const entry = [first.how, (await ask('GET', path)).how, (await ask('GET', path)).how];
  const uncacheable = [
    // What anybody may have is kept by now; it is no answer to whoever says who they are.
    await twice('an entry for somebody with a password', path, { authorization: `Basic ${btoa('visitor:secret')}` }),
    await twice('an entry for somebody with a cookie', path, { cookie: 'session=1' }),
    await twice('health', dynamic.path),
    ...(entries.list === undefined ? [] : [await twice('the list', pathForEntry(entries.list.path, ''))]),
    await twice('an entry that is not there', pathForEntry(entries.read.path, `cache-${randomUUID()}`)),
  ];
  const argv = ['varnishstat', '-1', '-f', 'MAIN.cache_hit', '-f', 'MAIN.cache_miss'];
  const counts = countsIn((await ground.provider.exec(machine.name, argv, { timeoutMs: 10_000 })).stdout);
  const count = (name: string) => counts.get(name) ?? 0;
  return { entry, uncacheable, absent, present: first.status, hits: count('cache_hit'), misses: count('cache_miss') };
};
