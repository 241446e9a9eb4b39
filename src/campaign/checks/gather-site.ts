import { randomUUID } from 'node:crypto';
import { type EntryFacts, type SiteFacts, tlsVersions } from '../../check/facts.js';
import { type EntryContract, forEntry, pathForEntry } from '../../model/site.js';
import { type Ground, siteDoor } from '../ground.js';

/** Looks at the site from the vantage as a visitor would: TLS of every version, pages, and one new entry. */
export const gatherSite = async (ground: Ground): Promise<SiteFacts> => {
  const { plan, vantage } = ground;
  const contract = plan.site;
  const door = siteDoor(ground);
  const get = (path: string) => vantage.ask({ kind: 'request', scheme: 'https', method: 'GET', path, ...door });
  const [handshakes, redirect, home, health, entry] = await Promise.all([
    Promise.all(
      [plan.network.siteName, plan.network.domain].flatMap((serverName) =>
        tlsVersions.map((version) => vantage.ask({ kind: 'handshake', version, ...door, serverName })),
      ),
    ),
    vantage.ask({
      kind: 'request',
      scheme: 'http',
      method: 'GET',
      path: contract.static.path,
      ...door,
      port: plan.ports.http,
    }),
    get(contract.static.path),
    get(contract.dynamic.path),
    contract.entries && writeAndRead(ground, contract.entries),
  ]);
  return { handshakes, redirect, home, health, ...(entry && { entry }) };
};

/** One new entry, written twice with the same id, then looked for by its id. */
const writeAndRead = async (ground: Ground, { write, read }: EntryContract): Promise<EntryFacts> => {
  const { vantage } = ground;
  const door = siteDoor(ground);
  const id = randomUUID();
  const { method, path } = write;
  const body = forEntry(write.body, id);
  const put = { kind: 'request', scheme: 'https', method, path: pathForEntry(path, id), body, ...door } as const;
  const written = await vantage.ask(put);
  const writtenAgain = await vantage.ask(put);
  const found = await vantage.ask({
    kind: 'request',
    scheme: 'https',
    method: 'GET',
    path: pathForEntry(read.path, id),
    ...door,
  });
  return { id, written, writtenAgain, found };
};
