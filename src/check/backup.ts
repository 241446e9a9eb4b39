import type { Plan } from '../model/plan.js';
import { backupAccount, backupPrivileges, backupSchemaPrivileges } from '../roles/backup-account.js';
import { ageWords } from '../roles/backup-state.js';
import { grantOf } from './database.js';
import type { BackupFacts } from './facts.js';
import { fail, type Judgement, pass } from './judgement.js';
import { counted } from './words.js';

/** One base backup may be missed; that a second is missing must not stay unnoticed. */
const allowedS = ({ everyHours }: NonNullable<Plan['backup']>): number => 2 * everyHours * 3600;
/** Less, and the next base backup may not find its place. */
const leastFreeMb = 256;

const backupAddresses = ({ machines }: Plan): string[] =>
  machines.filter(({ roles }) => roles.includes('backup')).map(({ address }) => address);

const settingsOf = ({ backup }: Plan): NonNullable<Plan['backup']> => {
  if (backup === undefined) throw new Error('the lab has no backup server');
  return backup;
};

/** The last base backup is as it was written, was restored once, is not too old, and all binary logs since then are there. */
export const judgeBase = ({ state, knownGtids }: BackupFacts, plan: Plan): Judgement => {
  const { base, bases, gap, freeMb } = state;
  if (base === undefined) return fail('there is no base backup');
  const oldestS = allowedS(settingsOf(plan));
  const wrong = [
    ...(base.problem === '' ? [] : [`the base backup ${base.name} can't be restored: ${base.problem}`]),
    ...(base.ageS <= oldestS
      ? []
      : [`the last base backup is ${ageWords(base.ageS)} old, more than ${ageWords(oldestS)}`]),
    ...(gap === '' ? [] : [`binary logs are missing: ${gap}`]),
    ...(knownGtids || !state.same
      ? []
      : [`the base backup ${base.name} holds transactions that the database has never seen: it is of another past`]),
    ...(freeMb >= leastFreeMb ? [] : [`the disk of the backups is nearly full: ${freeMb} MiB are left`]),
  ];
  const evidence = [
    `base backup ${base.name}, ${ageWords(base.ageS)} old, of ${counted(bases, 'base backup')}; it begins in ${base.log}`,
    `transactions in it: ${base.gtids}`,
  ];
  return wrong.length > 0
    ? fail(wrong.join('; '), evidence)
    : pass(`${ageWords(base.ageS)} old, restored once, and every binary log since then is there`, evidence);
};

/** A write that the site has acknowledged is on the backup server soon. */
export const judgeStream = ({ state, reachedMs, behind }: BackupFacts, plan: Plan): Judgement => {
  const { lagSeconds } = settingsOf(plan);
  const evidence =
    state.last === undefined ? [] : [`the newest binary log is ${state.last.log}, ${state.last.bytes} bytes of it`];
  if (reachedMs === undefined) {
    const runs = state.stream === 'active' ? '' : `the stream of binary logs is ${state.stream}; `;
    return fail(
      `${runs}a write was not on the backup server after ${lagSeconds} s${behind === '' ? '' : `: ${behind}`}`,
      evidence,
    );
  }
  if (state.stream !== 'active') return fail(`the stream of binary logs is ${state.stream}`, evidence);
  const measures = [
    { name: 'on the backup server after', value: reachedMs, unit: 'ms' as const, atMost: lagSeconds * 1000 },
  ];
  return { ...pass(`a write was on the backup server after ${reachedMs} ms`, evidence), measures };
};

/** Nobody but the backup's own account, from its machine and over TLS, may read everything, and it may change nothing. */
export const judgeBackupAccount = ({ accounts, grants, state }: BackupFacts, plan: Plan): Judgement => {
  const { schema } = plan.database;
  const addresses = backupAddresses(plan);
  const own = accounts.filter(({ user }) => user === backupAccount);
  const wanted = [
    ...backupPrivileges.map((each) => `${each} on *.*`),
    ...backupSchemaPrivileges.map((each) => `${each} on ${schema}.*`),
  ];
  const given = grants
    .map(grantOf)
    .flatMap((grant) =>
      grant === undefined
        ? []
        : grant.privileges
            .filter((each) => each !== 'USAGE')
            .map((each) => `${each} on ${grant.on}${grant.grantOption ? ' with the right to pass it on' : ''}`),
    );
  const open = state.modes.filter((line) => !/ (?:700|400) quintet-backup$/.test(line));
  const wrong = [
    ...own
      .filter(({ host }) => !addresses.includes(host))
      .map(({ host }) => `${backupAccount}@${host} is not the backup server`),
    ...addresses
      .filter((address) => !own.some(({ host }) => host === address))
      .map((address) => `no account ${backupAccount}@${address}`),
    ...own.filter(({ tls }) => tls === '').map(({ host }) => `${backupAccount}@${host} may come without TLS`),
    ...given.filter((each) => !wanted.includes(each)).map((each) => `too wide: ${each}`),
    ...wanted.filter((each) => !given.includes(each)).map((each) => `no right: ${each}`),
    ...open.map((line) => `others may read ${line.split(' ')[0]}`),
  ];
  const evidence = [...own.map(({ user, host }) => `${user}@${host}`), ...grants, ...state.modes];
  return wrong.length > 0
    ? fail(wrong.join('; '), evidence)
    : pass(`${backupAccount} reads and changes nothing, and nobody else reads what it keeps`, evidence);
};
