import { MachineError, UnknownError } from '../model/errors.js';
import type { Mistake, Restored } from '../model/history.js';
import type { Plan } from '../model/plan.js';
import type { Provider } from '../providers/provider.js';
import { type BackupState, backupStateOf } from '../roles/backup-state.js';
import { withRole } from './ground.js';

/** Where the data are, and where their backups are. */
export interface BackupGround {
  readonly plan: Plan;
  readonly provider: Provider;
}

/** To which point: all but one transaction, all until a time (UTC), or all there is. */
export interface RestorePoint {
  readonly without?: Mistake;
  readonly until?: string;
}

const script = '/usr/local/lib/quintet/backup';
const askMs = 30_000;
/** A restore takes as long as the data need. */
const recoverMs = 3_600_000;
/** How long the backup server may need until it has the last write: the stream may be beginning again. */
export const catchUpS = 60;
/** What is being brought in, and what was there before, beside the schema. */
const incoming = 'quintet_restored';
const aside = 'quintet_before_restore';

const machineWith = ({ plan }: BackupGround, role: string): string => {
  const [machine] = withRole(plan, role);
  if (machine === undefined) throw new UnknownError(`the lab has no ${role} server`);
  return machine.name;
};

const run = async (
  { provider }: BackupGround,
  machine: string,
  argv: readonly string[],
  { input, timeoutMs = askMs }: { readonly input?: string; readonly timeoutMs?: number } = {},
): Promise<string> => {
  const { exitCode, stdout, stderr } = await provider.exec(machine, argv, {
    timeoutMs,
    ...(input === undefined ? {} : { input }),
  });
  if (exitCode === 0) return stdout;
  const log = stderr.trim() || stdout.trim();
  throw new MachineError(machine, `${machine}: ${log.split('\n').at(-1) ?? `exit code ${exitCode}`}`, { log });
};

const backup = (ground: BackupGround, argv: readonly string[], timeoutMs = askMs): Promise<string> =>
  run(ground, machineWith(ground, 'backup'), [script, ...argv], { timeoutMs });

/** A question to the database, or a statement, as its root. */
const sql = (ground: BackupGround, input: string, timeoutMs = askMs): Promise<string> =>
  run(ground, machineWith(ground, 'database'), ['mysql', '--batch', '--skip-column-names'], { input, timeoutMs });

/** Takes a base backup now; it counts when it was restored once. */
export const backUp = (ground: BackupGround): Promise<string> => backup(ground, ['base'], recoverMs);

/** How the backups are, as their server says. */
export const askBackups = async (ground: BackupGround): Promise<BackupState> => {
  const text = await backup(ground, ['look']);
  const state = backupStateOf(text);
  if (state === undefined) throw new UnknownError(`the backup server does not say how the backups are: ${text.trim()}`);
  return state;
};

/** Where the database stands in its binary logs at this moment. */
const position = async (ground: BackupGround): Promise<readonly [log: string, bytes: string]> => {
  const text = await sql(
    ground,
    `SELECT JSON_UNQUOTE(JSON_EXTRACT(LOCAL, '$.binary_log_file')), JSON_EXTRACT(LOCAL, '$.binary_log_position')
     FROM performance_schema.log_status;`,
  );
  const [log = '', bytes = '0'] = text.trim().split('\t');
  return [log, bytes];
};

/** Waits until the backup server has everything that the database has at this moment; throws when it has not within that time. */
export const caughtUp = async (ground: BackupGround, withinS: number): Promise<void> => {
  const [log, bytes] = await position(ground);
  await backup(ground, ['reached', log, bytes, String(withinS)], (withinS + 30) * 1000);
};

/** Statements that took tables away, the last one last. */
export const mistakesIn = async (ground: BackupGround): Promise<readonly Mistake[]> =>
  mistakesOf(await backup(ground, ['mistakes'], recoverMs));

export const mistakesOf = (text: string): readonly Mistake[] =>
  text.split('\n').flatMap((line) => {
    const [transaction = '', time = '', ...statement] = line.split('\t');
    return transaction === '' ? [] : [{ transaction, time, statement: statement.join('\t') }];
  });

/** What `backup recover` printed: its steps, and the rows of each table. */
export const recoveredOf = (text: string): Pick<Restored, 'steps' | 'rows'> => {
  const lines = text.split('\n').map((line) => line.split('\t'));
  return {
    steps: lines.flatMap(([kind, what = '', ms]) => (kind === 'step' ? [{ what, tookMs: Number(ms) }] : [])),
    rows: Object.fromEntries(
      lines.flatMap(([kind, table = '', count]) => (kind === 'rows' ? [[table, Number(count)]] : [])),
    ),
  };
};

const timed = async <T>(
  what: string,
  steps: { what: string; tookMs: number }[],
  work: () => Promise<T>,
): Promise<T> => {
  const from = performance.now();
  const done = await work();
  steps.push({ what, tookMs: Math.round(performance.now() - from) });
  return done;
};

const pointArgv = ({ without, until }: RestorePoint): readonly string[] => [
  ...(without === undefined ? [] : ['--without', without.transaction]),
  ...(until === undefined ? [] : ['--until', until]),
];

/** Restores on the backup server alone, in a server of its own: the database notices nothing. */
export const drill = async (ground: BackupGround, point: RestorePoint = {}): Promise<Restored> => {
  const steps: { what: string; tookMs: number }[] = [];
  await timed('last write on the backup server', steps, () => caughtUp(ground, catchUpS));
  const recovered = recoveredOf(await backup(ground, ['recover', ...pointArgv(point)], recoverMs));
  return { ...point, ...recovered, steps: [...steps, ...recovered.steps] };
};

/** How many rows each table of the schema has now. */
export const rowsNow = async (ground: BackupGround): Promise<Readonly<Record<string, number>>> => {
  const tables = await tablesOf(ground, ground.plan.database.schema);
  const counts = tables.map(
    (table) => `SELECT ${literal(table)}, COUNT(*) FROM ${name(ground.plan.database.schema)}.${name(table)};`,
  );
  const lines = (await sql(ground, counts.join('\n'), recoverMs)).trim().split('\n');
  return Object.fromEntries(
    lines
      .filter((line) => line !== '')
      .map((line) => line.split('\t'))
      .map(([table = '', rows]) => [table, Number(rows)]),
  );
};

const name = (text: string): string => `\`${text.replaceAll('`', '``')}\``;
const literal = (text: string): string => `CONVERT(x'${Buffer.from(text).toString('hex')}' USING utf8mb4)`;

const tablesOf = async (ground: BackupGround, schema: string): Promise<readonly string[]> => {
  const text = await sql(
    ground,
    `SELECT table_name FROM information_schema.tables
     WHERE table_schema = ${literal(schema)} AND table_type = 'BASE TABLE' ORDER BY table_name;`,
  );
  return text.split('\n').filter((line) => line !== '');
};

/**
 * The statements that put what was restored into its place, all at once: tables that are missing alone, or every one, and then what
 * was there is kept beside.
 */
export const swap = (
  schema: string,
  restored: readonly string[],
  there: readonly string[],
  everything: boolean,
): string => {
  const move = (table: string, from: string, to: string) =>
    `${name(from)}.${name(table)} TO ${name(to)}.${name(table)}`;
  const away = everything ? there.map((table) => move(table, schema, aside)) : [];
  const back = restored
    .filter((table) => everything || !there.includes(table))
    .map((table) => move(table, incoming, schema));
  const moves = [...away, ...back];
  return [
    ...(everything ? [`DROP DATABASE IF EXISTS ${name(aside)};`, `CREATE DATABASE ${name(aside)};`] : []),
    `CREATE DATABASE IF NOT EXISTS ${name(schema)} CHARACTER SET utf8mb4;`,
    ...(moves.length === 0 ? [] : [`RENAME TABLE ${moves.join(', ')};`]),
    `DROP DATABASE ${name(incoming)};`,
    '',
  ].join('\n');
};

/**
 * Brings the database back to a point. Where what a mistake dropped is simply missing, only that comes back and everything else
 * goes on meanwhile. Else nobody can write until it is done (reads go on): what would be written meanwhile would be lost. The data
 * go by way of whoever restores: the backup's own account in the database can't write.
 */
export const restore = async (ground: BackupGround, point: RestorePoint): Promise<Restored> => {
  const { schema } = ground.plan.database;
  const steps: { what: string; tookMs: number }[] = [];
  const dropped = point.without !== undefined && /^DROP /i.test(point.without.statement);
  if (!dropped) await sql(ground, 'SET GLOBAL read_only = ON;');
  try {
    const recovered = await drill(ground, point);
    await timed('tables taken to the database', steps, async () => {
      const text = await backup(ground, ['recovered'], recoverMs);
      const begin = `DROP DATABASE IF EXISTS ${name(incoming)};\nCREATE DATABASE ${name(incoming)} CHARACTER SET utf8mb4;\nUSE ${name(incoming)};\n`;
      await sql(ground, `${begin}${text}`, recoverMs);
    });
    await timed('put into their place', steps, async () => {
      const [restored, there] = [await tablesOf(ground, incoming), await tablesOf(ground, schema)];
      await sql(ground, swap(schema, restored, there, !dropped), recoverMs);
    });
    // The next restore begins here. It takes its time by itself.
    await run(ground, machineWith(ground, 'backup'), ['touch', '/var/lib/quintet-backup/due']);
    return { ...recovered, steps: [...recovered.steps, ...steps] };
  } finally {
    if (!dropped) await sql(ground, 'SET GLOBAL read_only = OFF;');
  }
};
