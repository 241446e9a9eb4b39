import { randomUUID } from 'node:crypto';
import type { CacheFacts } from '../../check/facts.js';
import { UnknownError } from '../../model/errors.js';
import { type Ground, siteDoor, withRole } from '../ground.js';

/** What Varnish counted: a line each, the name and the figure. */
export const countsIn = (text: string): ReadonlyMap<string, number> =>
  new Map([...text.matchAll(/^MAIN\.(\w+)\s+(\d+)/gm)].map(([, name = '', count]) => [name, Number(count)]));

/** Asks the site as a visitor would, and reads in the answers what the cache had to do with them. */
export const gatherCache = async (ground: Ground): Promise<CacheFacts> => {
  const [machine] = withRole(ground.plan, 'cache');
  if (machine === undefined) throw new UnknownError('the lab has no cache');
  const door = siteDoor(ground);
  const ask = async (method: 'GET' | 'POST', path: string, body?: string) => {
    const job = {
      kind: 'request',
      scheme: 'https',
      method,
      path,
      ...door,
      ...(body !== undefined && { body }),
    } as const;
    const answer = await ground.vantage.ask(job);
    if ('problem' in answer) throw new UnknownError(`${method} ${path} was not answered: ${answer.problem}`);
    return { status: answer.status ?? 0, how: answer.headers?.['x-cache'] ?? 'none' };
  };
  const twice = async (what: string, path: string) => ({
    what,
    how: [(await ask('GET', path)).how, (await ask('GET', path)).how],
  });
  const id = `cache-${randomUUID()}`;
  const path = `/api/entries/${id}`;
  const absent = (await ask('GET', path)).status;
  await ask('POST', '/api/entries', JSON.stringify({ id, text: 'Is it kept?' }));
  const first = await ask('GET', path);
  const entry = [first.how, (await ask('GET', path)).how, (await ask('GET', path)).how];
  const uncacheable = [
    await twice('health', '/api/health'),
    await twice('who asks', '/api/whoami'),
    await twice('the list', '/api/entries'),
    await twice('an entry that is not there', `/api/entries/cache-${randomUUID()}`),
  ];
  const argv = ['varnishstat', '-1', '-f', 'MAIN.cache_hit', '-f', 'MAIN.cache_miss'];
  const counts = countsIn((await ground.provider.exec(machine.name, argv, { timeoutMs: 10_000 })).stdout);
  const count = (name: string) => counts.get(name) ?? 0;
  return { entry, uncacheable, absent, present: first.status, hits: count('cache_hit'), misses: count('cache_miss') };
};
