import { randomUUID } from 'node:crypto';
import type { BackupFacts } from '../../check/facts.js';
import { reasonOf, UnknownError } from '../../model/errors.js';
import { forEntry, pathForEntry } from '../../model/site.js';
import { backupAccount } from '../../roles/backup-account.js';
import { type Ground, siteDoor, withRole } from '../ground.js';
import { askBackups, caughtUp } from '../restore.js';

/** Something new is written by way of the site: that what was there before has arrived proves nothing of a stream that stands still. */
const write = async (ground: Ground): Promise<void> => {
  const { entries } = ground.plan.site;
  if (entries === undefined) return;
  const id = `backup-${randomUUID()}`;
  const { method, path, body } = entries.write;
  const job = {
    kind: 'request',
    scheme: 'https',
    method,
    path: pathForEntry(path, id),
    body: forEntry(body, id),
  } as const;
  const answer = await ground.vantage.ask({ ...job, ...siteDoor(ground) });
  if ('problem' in answer) throw new UnknownError(`an entry could not be written: ${answer.problem}`);
};

/** The address comes from a plan whose rules let nothing but IPv4 addresses in; the set of transactions from the backup's own words. */
const questions = (address: string, gtids: string): string =>
  [
    'SELECT user, host, ssl_type FROM mysql.user;',
    `SELECT 'known', GTID_SUBSET(x'${Buffer.from(gtids).toString('hex')}', @@GLOBAL.gtid_executed);`,
    `SHOW GRANTS FOR '${backupAccount}'@'${address}';`,
    '',
  ].join('\n');

/** Asks the backup server how its backups are and the database what that server may do there, and times a write on its way. */
export const gatherBackup = async (ground: Ground): Promise<BackupFacts> => {
  const { plan, clock } = ground;
  const [database] = withRole(plan, 'database');
  const [backup] = withRole(plan, 'backup');
  if (database === undefined || backup === undefined)
    throw new UnknownError('the lab has no database, or no backup server');
  await write(ground);
  const fromMs = clock.nowMs();
  const behind = await caughtUp(ground, plan.backup?.lagSeconds ?? 0).then(
    () => undefined,
    (error: unknown) => reasonOf(error, backup.name),
  );
  const reachedMs = behind === undefined ? Math.round(clock.nowMs() - fromMs) : undefined;
  const state = await askBackups(ground);
  const argv = ['mysql', '--batch', '--skip-column-names', '--raw', '--force'];
  const input = questions(backup.address, state.base?.gtids ?? '');
  const { stdout } = await ground.provider.exec(database.name, argv, { input, timeoutMs: 10_000 });
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (!stdout.includes('known\t')) throw new UnknownError(`the database on ${database.name} did not answer`);
  return {
    state,
    ...(reachedMs === undefined ? {} : { reachedMs }),
    behind: behind ?? '',
    knownGtids: lines.includes('known\t1'),
    accounts: lines
      .filter((line) => !line.startsWith('GRANT ') && !line.startsWith('known\t'))
      .map((line) => {
        const [user = '', host = '', tls = ''] = line.split('\t');
        return { user, host, tls };
      }),
    grants: lines.filter((line) => line.startsWith('GRANT ')),
  };
};
