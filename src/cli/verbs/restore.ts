import {
  askBackups,
  type BackupGround,
  catchUpS,
  caughtUp,
  drill,
  isBack,
  mistakesIn,
  type RestorePoint,
  restore as restoreData,
  rowsNow,
} from '../../campaign/restore.js';
import { InputError } from '../../model/errors.js';
import type { Restored } from '../../model/history.js';
import { confirmLoss } from '../confirm-loss.js';
import { type Context, flag, type RunVerb, textOption, type Words } from '../context.js';
import { openLab } from '../open-lab.js';
import { providerOf } from '../providers.js';
import { tableOf } from '../table-of.js';
import { working } from '../work.js';
import { backupMachine } from './backup.js';

/** Brings the database back from its backups, or only tries whether that could be done. */
export const restore: RunVerb = async (context, words) => {
  const [drilling, until, transaction] = [flag(words, 'drill'), untilOption(words), transactionOption(words)];
  if (until !== undefined && transaction !== undefined) {
    throw new InputError('--until and --without exclude each other.', {
      hint: '--until TIME leaves out everything after that time; --without TRANSACTION leaves out that one alone.',
    });
  }
  const opened = await openLab(context);
  const machine = backupMachine(opened.plan);
  const ground = { plan: opened.plan, provider: await providerOf(opened.site) };
  let exitCode: number | undefined;
  await working(context, opened, [], async () => {
    if (drilling) {
      context.say(`Restoring on ${machine} alone; the database notices nothing …`);
      exitCode = await tryIt(context, ground, { ...(until === undefined ? {} : { until }) });
      return;
    }
    const point = await pointOf(context, ground, until, transaction);
    if (point === undefined) return;
    await confirmLoss(context, { ...lossOf(point), kept: 'Nothing was changed.' });
    tellSteps(context, await restoreData(ground, point, (what) => context.say(`${what} …`)));
    context.say('Restored. The next base backup is made within ten minutes by itself, or now: quintet backup');
  });
  return exitCode;
};

const timeForm = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})Z?$/;

const untilOption = (words: Words): string | undefined => {
  const text = textOption(words, 'until');
  if (text === undefined) return undefined;
  const [, day, clock] = timeForm.exec(text) ?? [];
  const ms = Date.parse(`${day}T${clock}Z`);
  if (Number.isNaN(ms)) {
    throw new InputError(`--until takes a time, and ${text} is none.`, {
      hint: 'Write it in UTC, such as --until "2026-11-26 16:51:05"; quintet restore without it finds the mistake by itself.',
    });
  }
  return `${day} ${clock}`;
};

const transactionOption = (words: Words): string | undefined => {
  const text = textOption(words, 'without');
  if (text === undefined || /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}:[1-9]\d*$/.test(text)) return text;
  throw new InputError(`--without takes the name of a transaction, and ${text} is none.`, {
    hint: 'Such as 3e11fa47-71ca-11e1-9e33-c80aa9429562:23, as the binary logs have it.',
  });
};

/** What the user named, or the last statement that took something away and that is not made good yet. */
const pointOf = async (
  context: Context,
  ground: BackupGround,
  until: string | undefined,
  transaction: string | undefined,
): Promise<RestorePoint | undefined> => {
  if (until !== undefined) return { until };
  if (transaction === undefined && !(await askBackups(ground)).same) return {};
  await caughtUp(ground, catchUpS);
  const mistakes = await mistakesIn(ground);
  if (transaction !== undefined) {
    const known = mistakes.find((each) => each.transaction === transaction);
    return { without: known ?? { transaction, time: 'some time', statement: 'what it changed' } };
  }
  const last = mistakes.at(-1);
  if (last === undefined || (await isBack(ground, last))) {
    context.say(
      'The binary logs know of no table that was dropped or emptied and is still missing. For anything else say what to leave out: --until TIME, or --without TRANSACTION.',
    );
    return undefined;
  }
  return { without: last };
};

interface Question {
  readonly would: string;
  readonly question: string;
}

const aside = 'what it holds now is put aside, in the schema quintet_before_restore';

const lossOf = ({ without, until }: RestorePoint): Question => {
  if (without !== undefined) {
    const what = `${without.statement} (${without.time} UTC, ${without.transaction})`;
    return { would: `This would restore everything but: ${what}.`, question: `Restore everything but: ${what}?` };
  }
  if (until !== undefined) {
    return {
      would: `This would put the database back to ${until} UTC; ${aside}.`,
      question: `Put the database back to ${until} UTC (${aside})?`,
    };
  }
  return {
    would: `The database is another one than the backups are of. This would put into it all that was kept of the lost one; ${aside}.`,
    question: `The database is a new one. Put into it all that was kept of the lost one (${aside})?`,
  };
};

const tellSteps = (context: Context, { steps, rows }: Restored): void => {
  const sum = steps.reduce((total, { tookMs }) => total + tookMs, 0);
  const lines = [...steps, { what: 'all of it', tookMs: sum }].map(({ what, tookMs }) => [what, seconds(tookMs)]);
  context.out(tableOf(['step', 'took'], lines, context));
  for (const [table, count] of Object.entries(rows)) context.say(`${table}: ${count} rows restored.`);
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Up to now the rows must be those of the database, unless somebody wrote meanwhile: then there are more by now. */
const tryIt = async (context: Context, ground: BackupGround, point: RestorePoint): Promise<number | undefined> => {
  const before = await rowsNow(ground);
  const restored = await drill(ground, point, (what) => context.say(`${what} …`));
  const after = await rowsNow(ground);
  tellSteps(context, restored);
  if (point.until !== undefined) return undefined;
  const wrong = Object.keys({ ...before, ...restored.rows }).filter((table) => {
    const [low, high] = [before[table] ?? 0, after[table] ?? 0].sort((one, other) => one - other);
    const count = restored.rows[table];
    return count === undefined || count < (low ?? 0) || count > (high ?? 0);
  });
  if (wrong.length === 0) {
    context.say('The drill passed: every table has the rows that the database has.');
    return undefined;
  }
  for (const table of wrong) {
    context.say(
      `${table}: ${restored.rows[table] ?? 'no'} rows restored, and ${after[table] ?? 'no'} in the database.`,
    );
  }
  return 1;
};
