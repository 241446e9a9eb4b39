import { randomUUID } from 'node:crypto';
import { type SiteFacts, tlsVersions } from '../../check/facts.js';
import { type Ground, siteDoor } from '../ground.js';

/** Looks at the site from the vantage as a visitor would: TLS of every version, pages, and one new entry. */
export const gatherSite = async (ground: Ground): Promise<SiteFacts> => {
  const { plan, vantage } = ground;
  const door = siteDoor(ground);
  const get = (path: string) => vantage.ask({ kind: 'request', scheme: 'https', method: 'GET', path, ...door });
  const [handshakes, redirect, home, health, entry] = await Promise.all([
    Promise.all(
      [plan.network.siteName, plan.network.domain].flatMap((serverName) =>
        tlsVersions.map((version) => vantage.ask({ kind: 'handshake', version, ...door, serverName })),
      ),
    ),
    vantage.ask({ kind: 'request', scheme: 'http', method: 'GET', path: '/', ...door, port: plan.ports.http }),
    get('/'),
    get('/api/health'),
    writeAndRead(ground),
  ]);
  return { handshakes, redirect, home, health, ...entry };
};

/**
 * One new entry, posted twice with the same id, then looked for in the list. The list goes by id: what follows the first
 * letters of the new id begins with the new entry.
 */
const writeAndRead = async (ground: Ground): Promise<Pick<SiteFacts, 'entry' | 'posted' | 'postedAgain' | 'list'>> => {
  const { vantage } = ground;
  const door = siteDoor(ground);
  const before = randomUUID();
  const entry = { id: `${before}x`, text: 'Quintet was here' };
  const body = JSON.stringify(entry);
  const post = { kind: 'request', scheme: 'https', method: 'POST', path: '/api/entries', body, ...door } as const;
  const posted = await vantage.ask(post);
  const postedAgain = await vantage.ask(post);
  const path = `/api/entries?after=${before}&limit=5`;
  const list = await vantage.ask({ kind: 'request', scheme: 'https', method: 'GET', path, ...door });
  return { entry, posted, postedAgain, list };
};
