import type { Plan } from '../model/plan.js';
import { backupAccount } from '../roles/backup-account.js';
import { replicationAccount } from '../roles/database.js';
import { behindWords, type MemberLook } from '../roles/replica.js';
import type { Account, DatabaseFacts } from './facts.js';
import { fail, type Judgement, pass } from './judgement.js';

type DatabaseJudge = (facts: DatabaseFacts, plan: Plan) => Judgement;

const local = ['localhost', '127.0.0.1', '::1'];

export interface Grant {
  /** Sorted. */
  readonly privileges: readonly string[];
  /** Without quotes or escapes: `quintet.*`. */
  readonly on: string;
  readonly grantOption: boolean;
}

/** A line of SHOW GRANTS; undefined for one that gives no privilege on an object (a role, a proxy). */
export const grantOf = (line: string): Grant | undefined => {
  const match = /^GRANT (?<privileges>.+?) ON (?<on>\S+) TO /.exec(line);
  if (!match?.groups) return undefined;
  const { privileges = '', on = '' } = match.groups;
  const words = privileges.split(/,\s*(?![^()]*\))/).map((word) => word.trim());
  return {
    privileges: words.sort(),
    on: on.replaceAll(/[`\\]/g, ''),
    grantOption: /WITH GRANT OPTION/.test(line),
  };
};

const appAddresses = (plan: Plan): string[] =>
  plan.machines.filter((machine) => machine.roles.includes('app')).map((machine) => machine.address);

/** The backup server's account has a check of its own. */
const isBackup = ({ user, host }: Account, { machines }: Plan): boolean =>
  user === backupAccount && machines.some(({ roles, address }) => roles.includes('backup') && address === host);

/** The other database's, by which it follows this one. */
const isReplicas = ({ user, host, tls }: Account, { machine }: DatabaseFacts, plan: Plan): boolean =>
  plan.database.replica !== undefined &&
  user === replicationAccount &&
  tls !== '' &&
  plan.machines.some(({ name, roles, address }) => roles.includes('database') && name !== machine && address === host);

const shown = (account: Account): string => `${account.user}@${account.host}`;

/** A password's hash, where the server shows it, is nobody's evidence. */
const clean = (line: string): string => line.replaceAll(/IDENTIFIED BY PASSWORD '[^']*'/g, 'IDENTIFIED BY PASSWORD …');

/** The application's account comes from the application's address alone and may do exactly what it must. */
export const judgeRights: DatabaseJudge = (facts, plan) => {
  const { user, schema } = plan.database;
  const needed = plan.rights.privileges;
  const own = facts.accounts.filter((account) => account.user === user);
  const strangers = facts.accounts.filter(
    (account) =>
      account.user !== user &&
      !local.includes(account.host) &&
      !isBackup(account, plan) &&
      !isReplicas(account, facts, plan),
  );
  const evidence = [...facts.accounts.map(shown), ...facts.grants.map(clean)];
  const wrong = [
    ...strangers.map((account) => `${shown(account)} may come from elsewhere`),
    ...own
      .filter((account) => !appAddresses(plan).includes(account.host))
      .map((account) => `${shown(account)} is not the application's address`),
    ...appAddresses(plan)
      .filter((address) => !own.some((account) => account.host === address))
      .map((address) => `no account ${user}@${address}`),
    ...facts.grants.flatMap((line) => excess(line, schema, needed)),
    ...lacking(facts.grants, schema, needed),
  ];
  return wrong.length > 0
    ? fail(wrong.join('; '), evidence)
    : pass(`${user} may ${needed.join(' and ')} on ${schema}`, evidence);
};

const excess = (line: string, schema: string, needed: readonly string[]): string[] => {
  const grant = grantOf(line);
  if (grant === undefined) return [`too wide: ${clean(line)}`];
  if (grant.privileges.join() === 'USAGE' && !grant.grantOption) return [];
  const inside = grant.on.startsWith(`${schema}.`);
  const beyond = grant.privileges.filter((privilege) => !needed.includes(privilege));
  return !inside || beyond.length > 0 || grant.grantOption ? [`too wide: ${clean(line)}`] : [];
};

const lacking = (grants: readonly string[], schema: string, needed: readonly string[]): string[] => {
  const given = grants.map(grantOf).filter((grant) => grant?.on.startsWith(`${schema}.`));
  return needed
    .filter((privilege) => !given.some((grant) => grant?.privileges.includes(privilege)))
    .map((privilege) => `no right to ${privilege} on ${schema}`);
};

/** The application's connection is refused without TLS, by its account or by the whole server. */
export const judgeDatabaseTls: DatabaseJudge = (facts, plan) => {
  const own = facts.accounts.filter((account) => account.user === plan.database.user);
  const server = isOn(facts.variables.require_secure_transport);
  const open = own.filter((account) => account.tls === '' || account.tls === 'NONE');
  if (own.length === 0) return fail(`no account ${plan.database.user}`);
  if (server) return pass('the server takes no remote connection without TLS');
  return open.length > 0
    ? fail(`${open.map(shown).join(', ')} may connect without TLS`)
    : pass('the account demands TLS');
};

/** What the database has acknowledged survives a power cut: both logs are flushed at every commit. */
export const judgeDurability: DatabaseJudge = ({ variables }) => {
  const wanted = { innodb_flush_log_at_trx_commit: '1', sync_binlog: '1' };
  const wrong = Object.entries(wanted).filter(([name, value]) => variables[name] !== value);
  const evidence = Object.keys(wanted).map((name) => `${name} = ${variables[name] ?? 'unset'}`);
  return wrong.length > 0
    ? fail(wrong.map(([name]) => `${name} is ${variables[name] ?? 'unset'}, not 1`).join('; '), evidence)
    : pass('both logs are flushed at every commit', evidence);
};

/**
 * The judgement on every one of the lab's databases: one alone speaks for itself; of several, whatever is wrong is said with the
 * machine's name.
 */
export const ofEach =
  (judge: DatabaseJudge) =>
  (all: readonly DatabaseFacts[], plan: Plan): Judgement => {
    const each = all.map((facts) => ({ machine: facts.machine, ...judge(facts, plan) }));
    const [first] = each;
    if (first === undefined) return fail('there is no database');
    if (each.length === 1) return judge(all[0] as DatabaseFacts, plan);
    const evidence = each.flatMap(({ machine, evidence: own = [] }) => own.map((line) => `${machine}: ${line}`));
    const wrong = each.filter(({ outcome }) => outcome !== 'pass');
    return wrong.length > 0
      ? fail(wrong.map(({ machine, detail }) => `${machine}: ${detail}`).join('; '), evidence)
      : pass(`${first.detail}, on each of ${each.map(({ machine }) => machine).join(', ')}`, evidence);
  };

/** Every node belongs to one majority of all of them, with the same data, and has all that the others have. */
export const judgeCluster = (all: readonly DatabaseFacts[]): Judgement => {
  const of = (facts: DatabaseFacts, name: string) => facts.status[`wsrep_${name}`] ?? 'unset';
  const [first] = all;
  const wrong = all.flatMap((facts) => [
    ...(of(facts, 'cluster_status') === 'Primary' ? [] : [`${facts.machine} belongs to no majority`]),
    ...(of(facts, 'local_state') === '4'
      ? []
      : [`${facts.machine} is ${of(facts, 'local_state_comment')}, not Synced`]),
    ...(isOn(of(facts, 'ready')) ? [] : [`${facts.machine} takes no statements`]),
    ...(of(facts, 'cluster_size') === String(all.length)
      ? []
      : [`${facts.machine} sees ${of(facts, 'cluster_size')} of ${all.length} nodes`]),
    ...(first && of(facts, 'cluster_state_uuid') === of(first, 'cluster_state_uuid')
      ? []
      : [`${facts.machine} has the data of another cluster than ${first?.machine}`]),
  ]);
  const names = ['cluster_status', 'local_state_comment', 'ready', 'cluster_size', 'cluster_state_uuid'];
  const evidence = all.map((facts) => `${facts.machine}: ${names.map((name) => of(facts, name)).join(', ')}`);
  return wrong.length > 0
    ? fail(wrong.join('; '), evidence)
    : pass(`${all.map(({ machine }) => machine).join(', ')} are in step, and any of them takes writes`, evidence);
};

/** One takes writes, each of which the other one confirms before it is acknowledged; and the other one takes none. */
export const judgePair = (all: readonly DatabaseFacts[], plan: Plan): Judgement => {
  const members = all.flatMap(({ member }) => (member === undefined ? [] : [member]));
  const sources = members.filter(({ writable }) => writable);
  const [source, second] = sources;
  const evidence = members.map(memberLine);
  if (second !== undefined) {
    return fail(`${sources.map(({ machine }) => machine).join(' and ')} both take writes`, evidence);
  }
  if (source === undefined) return fail('no database takes writes', evidence);
  const replica = members.find((member) => member !== source);
  if (replica === undefined) return fail(`${source.machine} has no replica`, evidence);
  const address = plan.machines.find(({ name }) => name === source.machine)?.address;
  const wrong = [
    ...(replica.follows === address ? [] : [`${replica.machine} does not follow ${source.machine}`]),
    ...(replica.inStep
      ? []
      : [`${replica.machine} gets no writes: ${replica.trouble === '' ? 'not connected' : replica.trouble}`]),
    ...(source.semiSync && source.clients > 0
      ? []
      : [`${source.machine} acknowledges writes that ${replica.machine} has not confirmed`]),
  ];
  if (wrong.length > 0) return fail(wrong.join('; '), evidence);
  return pass(
    `${source.machine} takes writes, ${replica.machine} confirms each before it is acknowledged and is ${behindWords(replica)}`,
    evidence,
  );
};

const memberLine = (member: MemberLook): string => {
  const { machine, writable, follows, semiSync, position } = member;
  const part = writable
    ? `takes writes, semi-synchronous ${semiSync ? 'on' : 'off'}`
    : follows === ''
      ? 'takes no writes and follows nobody'
      : `follows ${follows}, ${behindWords(member)}`;
  return `${machine}: ${part}, at ${position || 'no position'}`;
};

const isOn = (value: string | undefined): boolean => value === '1' || value?.toUpperCase() === 'ON';
