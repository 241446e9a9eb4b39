import { readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg, release } from 'node:os';
import type { Timed } from './run.js';

/** How long the tests took, kept in docs/testing.md, a table for each tier that was run. */

const page = 'docs/testing.md';

const computer = (): string => {
  const [first] = cpus();
  const load = (loadavg()[0] ?? 0).toFixed(1);
  return `${cpus().length} × ${first?.model.trim() ?? 'unknown'}, Linux ${release()}, Node.js ${process.versions.node}, load ${load} at the end`;
};

const row = ({ name, seconds, passed, failed, skipped }: Timed): string =>
  `| ${name} | ${passed} | ${failed} | ${skipped} | ${seconds.toFixed(0)} s |`;

const tableOf = (rows: readonly Timed[], command: string): string => {
  const sum = rows.reduce((seconds, one) => seconds + one.seconds, 0);
  return [
    `${new Date().toISOString().slice(0, 10)}, ${computer()}; \`${command}\`:`,
    '',
    '| file | passed | failed | skipped | time |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(row),
    `| all | | | | ${sum.toFixed(0)} s |`,
  ].join('\n');
};

/** Replaces what stands between `<!-- times of TIER -->` and `<!-- end -->`. */
export const withTimes = (text: string, tier: string, table: string): string => {
  const [begin, end] = [`<!-- times of ${tier} -->`, '<!-- end -->'];
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`${page} has no place for the times of ${tier}`);
  return `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`;
};

export const writeTimes = async (times: readonly Timed[], command: string): Promise<void> => {
  let text = await readFile(page, 'utf8');
  for (const tier of new Set(times.map((one) => one.tier))) {
    const rows = times.filter((one) => one.tier === tier);
    text = withTimes(text, tier, tableOf(rows, command));
  }
  await writeFile(page, text);
};
