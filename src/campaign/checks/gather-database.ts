import type { DatabaseFacts } from '../../check/facts.js';
import { UnknownError } from '../../model/errors.js';
import type { Plan } from '../../model/plan.js';
import { isReplicated } from '../../roles/database.js';
import { type MemberLook, memberLook, pairProgram } from '../../roles/replica.js';
import { type Ground, withRole } from '../ground.js';

const section = (name: string): string => `SELECT '== ${name}'`;

/** User and address come from a plan whose rules let nothing but plain names and IPv4 addresses in. */
const questions = (plan: Plan): string => {
  const grants = withRole(plan, 'app').map(({ address }) => `SHOW GRANTS FOR '${plan.database.user}'@'${address}'`);
  const variables = `('innodb_flush_log_at_trx_commit', 'sync_binlog', 'require_secure_transport')`;
  const statements = [
    section('accounts'),
    'SELECT user, host, ssl_type FROM mysql.user',
    section('variables'),
    `SHOW GLOBAL VARIABLES WHERE Variable_name IN ${variables}`,
    section('status'),
    `SHOW GLOBAL STATUS LIKE 'wsrep_%'`,
    section('grants'),
    ...grants,
  ];
  return `${statements.join(';\n')};\n`;
};

/** Asks every database over its root socket what the application's account is and may do, and how it is itself. */
export const gatherDatabases = async (ground: Ground): Promise<readonly DatabaseFacts[]> => {
  const machines = withRole(ground.plan, 'database');
  if (machines.length === 0) throw new UnknownError('the lab has no database');
  return Promise.all(machines.map(({ name }) => gatherDatabase(ground, name)));
};

const gatherDatabase = async ({ plan, provider }: Ground, machine: string): Promise<DatabaseFacts> => {
  const member = isReplicated(plan) ? await gatherMember({ provider }, machine) : undefined;
  const client = plan.database.engine === 'mariadb' ? 'mariadb' : 'mysql';
  // --force: where the account is missing its grants are an error, and the rest is still worth knowing.
  const argv = [client, '--batch', '--skip-column-names', '--raw', '--force'];
  const { stdout, stderr } = await provider.exec(machine, argv, { input: questions(plan), timeoutMs: 10_000 });
  if (!stdout.includes('== grants'))
    throw new UnknownError(`the database on ${machine} did not answer: ${stderr.trim()}`);
  return { ...databaseFacts(machine, stdout), ...(member === undefined ? {} : { member }) };
};

/** How it is as one of a source and its replica. */
const gatherMember = async ({ provider }: Pick<Ground, 'provider'>, machine: string): Promise<MemberLook> => {
  const { exitCode, stdout, stderr } = await provider.exec(machine, [pairProgram, 'look'], { timeoutMs: 10_000 });
  if (exitCode !== 0) throw new UnknownError(`${machine} does not say how it is: ${stderr.trim()}`);
  return memberLook(machine, stdout);
};

/** What the client printed, section by section, columns parted by tabs. */
export const databaseFacts = (machine: string, text: string): DatabaseFacts => {
  const linesOf = (name: string): string[] => {
    const [, after = ''] = text.split(`== ${name}\n`);
    return (after.split('== ')[0] ?? '').split('\n').filter((line) => line !== '');
  };
  const table = (name: string): Record<string, string> =>
    Object.fromEntries(linesOf(name).map((line) => line.split('\t') as [string, string]));
  return {
    machine,
    accounts: linesOf('accounts').map((line) => {
      const [user = '', host = '', tls = ''] = line.split('\t');
      return { user, host, tls };
    }),
    grants: linesOf('grants'),
    variables: table('variables'),
    status: table('status'),
  };
};
