import { mkdir, rm } from 'node:fs/promises';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { kindsOfNeighbours } from '../rig/neighbours.js';
import { quintet, words } from '../rig/quintet.js';
import { temporaryRoom } from '../rig/temporary.js';

/**
 * The main job, `quintet --yes`, in a new folder each time beside busy neighbours: it ends with 0, or with 4 where it could not find
 * out, and never with 1. `node --import tsx test/long/first-looks.ts [--times N] [--busy 0,2,8]`: a Markdown table on standard
 * output; exit code 1 where one ended otherwise.
 */

const { values } = parseArgs({
  options: { times: { type: 'string', default: '5' }, busy: { type: 'string', default: '0,2,8' } },
});
const times = Number(values.times);
const counts = values.busy.split(',').map(Number);
if (![times, ...counts].every(Number.isInteger)) throw new Error('--times takes a number, --busy a list of numbers');

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const room = await temporaryRoom();
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    interrupted = true;
  });
}

interface Row {
  readonly title: string;
  readonly codes: number[];
  readonly seconds: number[];
}

const rows: Row[] = [];

const once = async (row: Row, folder: string): Promise<void> => {
  await mkdir(folder);
  const fromMs = performance.now();
  const ran = await quintet(folder, '--yes');
  row.codes.push(ran.exitCode);
  row.seconds.push(Math.round((performance.now() - fromMs) / 1000));
  say(`${row.title}: exit code ${ran.exitCode} after ${row.seconds.at(-1)} s`);
  if (ran.exitCode !== 0) say(words(ran));
  await quintet(join(folder, 'quintet-lab'), 'destroy', '--yes');
};

try {
  // The busy ones alone: what the other kinds do to a verdict, neighbours.ts counts.
  for (const kind of kindsOfNeighbours(room, counts).slice(0, counts.length)) {
    const row: Row = { title: kind.title, codes: [], seconds: [] };
    rows.push(row);
    const neighbours = await kind.start();
    try {
      while (row.codes.length < times && !interrupted)
        await once(row, join(room, `${rows.length}-${row.codes.length}`));
    } finally {
      await neighbours.stop();
    }
  }
} finally {
  await rm(room, { recursive: true, force: true });
}

const count = ({ codes }: Row, code: number): number => codes.filter((one) => one === code).length;
const others = ({ codes }: Row): number => codes.filter((one) => one !== 0 && one !== 4).length;

console.log(`${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model.trim()}, Linux ${release()}; \`node --import tsx test/long/first-looks.ts --times ${times} --busy ${values.busy}\`:

| neighbours | main jobs | exit code 0 | exit code 4 | any other | seconds |
| --- | --- | --- | --- | --- | --- |
${rows.map((row) => `| ${[row.title, row.codes.length, count(row, 0), count(row, 4), others(row), row.seconds.join(', ')].join(' | ')} |`).join('\n')}`);
process.exitCode = interrupted ? 130 : rows.some((row) => others(row) > 0) ? 1 : 0;
