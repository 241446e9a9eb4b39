import { posix, relative } from 'node:path';
import { type RunPlace, readRecord } from '../../campaign/records.js';
import { judgeRecord } from '../../check/record.js';
import { InputError } from '../../model/errors.js';
import type { VerificationRecord } from '../../model/history.js';
import { topologySvg } from '../../render/topology.js';
import { startOf } from '../../report/runs.js';
import { compareRuns } from '../compare-runs.js';
import { argumentList, type Context, flag, type RunVerb, textOption } from '../context.js';
import { reportText } from '../report-text.js';
import { runFolder } from '../run-folder.js';

/** Judges verifications again by their histories alone, and tells them in any form. Its exit code says nothing of the verdict. */
export const report: RunVerb = async (context, words) => {
  const runs = argumentList(words, 'run');
  const format = textOption(words, 'format') ?? 'table';
  const all = flag(words, 'all');
  if (flag(words, 'compare')) await compareRuns(context, runs, all ? '--all' : format);
  else await tellRun(context, runs, all ? 'all' : format);
  return undefined;
};

const tellRun = async (context: Context, [name, ...others]: readonly string[], format: string): Promise<void> => {
  if (others.length > 0) {
    throw new InputError('quintet report tells one run at a time.', {
      hint: 'quintet report --compare A B tells two of them side by side.',
    });
  }
  const run = await runFolder(context, name);
  const record = await readRecord(run);
  if (!record.some(({ type }) => type === 'verification-ended')) {
    context.say('This history was cut off: what was still to come is not known.');
  }
  if (format === 'all') await writeAll(context, run, record);
  else context.out(await textOf(context, record, format));
};

/** The charts' library takes its time to load: only where a page is asked for. */
const textOf = async (context: Context, record: VerificationRecord, format: string): Promise<string> => {
  const verdict = judgeRecord(record);
  if (format !== 'html') return reportText({ verdict, record }, context, format);
  const { htmlReport } = await import('../../report/html.js');
  return htmlReport(verdict, record, { topologySvg: topologyOf(record) });
};

const topologyOf = (record: VerificationRecord): string | undefined => {
  const start = startOf(record);
  return start === undefined ? undefined : topologySvg(start.plan);
};

const writeAll = async (context: Context, { door, history }: RunPlace, record: VerificationRecord): Promise<void> => {
  const { reportFiles } = await import('../../report/report-files.js');
  for (const [name, text] of reportFiles(judgeRecord(record), record, topologyOf(record))) {
    const path = posix.join(posix.dirname(history), name);
    await door.write(path, text);
    context.out(`${relative(context.cwd, door.shown(path)) || door.shown(path)}\n`);
  }
};
