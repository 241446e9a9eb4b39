import { gatherHolders } from '../../campaign/checks/gather-holders.js';
import { readRecord } from '../../campaign/records.js';
import { InputError } from '../../model/errors.js';
import { scheduled } from '../../plan/expectation.js';
import { powerCuts } from '../../plan/power-cuts.js';
import { awayAfterMs, type PowerCut, type PowerCuts, powerCutsIn } from '../../report/power-cuts.js';
import { argumentList, type Context, type RunVerb, textOption, type Words } from '../context.js';
import { exitCodeOfOutcome } from '../exit-code.js';
import { countOption } from '../number-options.js';
import { type OpenedLab, openLab } from '../open-lab.js';
import { providerOf } from '../providers.js';
import { runFolder } from '../run-folder.js';
import { tableOf } from '../table-of.js';
import { sayWhere, verifyShown } from '../verify-lab.js';
import { whenQuieter } from '../when-quieter.js';

/** Cuts the power of each machine in turn, or reads what earlier runs found when it was; one table of all. */
export const weakPoints: RunVerb = async (context, words) => {
  const runs = argumentList(words, 'run');
  const format = textOption(words, 'format') ?? 'table';
  if (runs.length > 0) {
    tell(context, format, await Promise.all(runs.map((run) => foundIn(context, run))));
    return undefined;
  }
  const opened = await openLab(context);
  await whenQuieter(context);
  return playAndTell(context, opened, words, format);
};

const foundIn = async (context: Context, run: string): Promise<PowerCuts> => {
  const found = powerCutsIn(await readRecord(await runFolder(context, run)));
  if (found !== undefined) return found;
  throw new InputError(`${run} is no run of quintet weak-points.`, {
    hint: 'quintet weak-points without a run makes one, of the lab in this folder.',
  });
};

const playAndTell = async (context: Context, opened: OpenedLab, words: Words, format: string): Promise<number> => {
  const repeat = countOption(words, 'repeat', 1, 1000) ?? 1;
  const { plan } = opened;
  const { holders } = await gatherHolders({ plan, provider: await providerOf(opened.site) });
  const verified = await verifyShown(context, opened, {
    checks: false,
    scenariosAt: (pace) => powerCuts(plan, holders[0]).map((each) => scheduled({ ...each, repeat }, plan, pace)),
    command: `quintet weak-points${repeat === 1 ? '' : ` --repeat ${repeat}`}`,
  });
  const found = powerCutsIn(verified.record);
  if (found === undefined) throw new Error('no power was cut');
  tell(context, format, [found]);
  sayWhere(context, verified);
  return exitCodeOfOutcome(verified.verdict.outcome);
};

const head = ['lab', 'machine that loses power', 'pages away', 'dynamic away', 'writes away', 'writes lost'];

/** A figure in milliseconds as people compare them. */
const length = (ms: number): string => {
  if (ms === 0) return 'never';
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
};

const cells = (lab: string, { machine, roles, away, writesLost, detail }: PowerCut): readonly string[] => [
  lab,
  roles.includes(machine) ? machine : `${machine} (${roles.join(', ')})`,
  ...(away === undefined
    ? ['unknown', 'unknown', 'unknown', detail]
    : [length(away.pagesMs), length(away.dynamicMs), length(away.writesMs), writesLost?.toString() ?? 'unknown']),
];

const tell = (context: Context, format: string, all: readonly PowerCuts[]): void => {
  const rows = all.flatMap(({ lab, points }) => points.map((point) => cells(lab, point)));
  const tables: Readonly<Record<string, () => string>> = {
    json: () => JSON.stringify(all, null, 2),
    markdown: () =>
      [head, head.map(() => '---'), ...rows]
        .map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
        .join('\n'),
    table: () => tableOf(head, rows, context),
  };
  context.out(tables[format]?.() ?? '');
  if (format !== 'json')
    context.say(`Away: no good answer within ${awayAfterMs} ms; of several power cuts the longest.`);
};
