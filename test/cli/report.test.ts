import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { report } from '../../src/cli/verbs/report.js';
import { InputError } from '../../src/model/errors.js';
import { reportSchema } from '../../src/report/report-schema.js';
import { record } from '../report/records.js';
import { temporaryFolder } from '../rig/temporary.js';
import { world } from './world.js';

const history = record.map((event) => `${JSON.stringify(event)}\n`).join('');
const [early, late] = ['2026-11-21T08-00-00-000Z', '2026-11-22T19-05-08-123Z'] as const;

/** A lab with two verifications; the earlier one was cut off in the middle of a line. */
const verified = async (t: ExecutionContext): Promise<string> => {
  const lab = await temporaryFolder(t);
  await writeFile(join(lab, 'lab.yaml'), '');
  for (const name of [early, late]) await mkdir(join(lab, 'reports', name), { recursive: true });
  await writeFile(join(lab, 'reports', early, 'history.jsonl'), history.slice(0, history.length / 3));
  await writeFile(join(lab, 'reports', late, 'history.jsonl'), history);
  return lab;
};

const told = async (cwd: string, run: string | undefined, options: Record<string, unknown> = {}) => {
  const { context, printed, told } = world(cwd);
  const code = await report(context, { arguments: { run }, options });
  return { code, out: printed.join(''), said: told.join('\n') };
};

test('the latest run is told as a table when nothing is said', async (t) => {
  const { out, said, code } = await told(await verified(t), undefined);
  t.regex(out, /FAIL {2}12 passed, 3 failed, 2 unknown, 1 skipped/);
  t.is(said, '');
  t.is(code, undefined);
});

test('each format comes from the history alone', async (t) => {
  const lab = await verified(t);
  const as = async (format: string) => (await told(lab, late, { format })).out;
  t.regex(await as('html'), /^<!doctype html>[\s\S]*topology-title/);
  t.true(reportSchema.safeParse(JSON.parse(await as('json'))).success);
  t.regex(await as('junit'), /^<\?xml/);
  t.regex(await as('tap'), /^TAP version 14/);
});

test('a run is found by its time, its folder or its history, from anywhere in the lab', async (t) => {
  const lab = await verified(t);
  const tables = [
    await told(lab, late),
    await told(join(lab, 'reports'), late),
    await told(lab, join('reports', late)),
    await told('/', join(lab, 'reports', late, 'history.jsonl')),
  ];
  t.is(new Set(tables.map(({ out }) => out)).size, 1);
});

test('a history that was cut off is told as far as it goes', async (t) => {
  const { out, said } = await told(await verified(t), early);
  t.regex(said, /cut off/);
  t.regex(out, /The verification reached its end/);
});

test('all reports are written again beside the history', async (t) => {
  const lab = await verified(t);
  const { out } = await told(lab, undefined, { all: true });
  const folder = join(lab, 'reports', late);
  t.deepEqual(await readdir(folder), ['history.jsonl', 'junit.xml', 'report.html', 'report.json']);
  t.deepEqual(
    out.trim().split('\n').sort(),
    ['junit.xml', 'report.html', 'report.json'].map((name) => join('reports', late, name)),
  );
  t.is(await readFile(join(folder, 'history.jsonl'), 'utf8'), history);
});

test('an unknown run is an error that names those that there are', async (t) => {
  const lab = await verified(t);
  const near = await t.throwsAsync(told(lab, '2026-11-22T19-05-08'), { instanceOf: InputError });
  t.regex(near?.hint ?? '', /Did you mean 2026-11-22T19-05-08-123Z/);
  const far = await t.throwsAsync(told(lab, 'nowhere'), { instanceOf: InputError, message: /no run nowhere/ });
  t.regex(far?.hint ?? '', /2026-11-21T08-00-00-000Z and 2026-11-22T19-05-08-123Z/);
});

test('a file that is no history is an error that says where', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'other.jsonl');
  await writeFile(file, `${JSON.stringify(record[0])}\nno json\n{}\n`);
  await t.throwsAsync(told(folder, file), { instanceOf: InputError, message: /other\.jsonl:2 / });
  await writeFile(file, '{"type":"verification-started","version":9}\n');
  await t.throwsAsync(told(folder, file), {
    instanceOf: InputError,
    message: /no record that this Quintet understands/,
  });
});
