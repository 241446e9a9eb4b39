import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { report } from '../../src/cli/verbs/report.js';
import { InputError } from '../../src/model/errors.js';
import { comparisonSchema } from '../../src/report/comparison-schema.js';
import { reportSchema } from '../../src/report/report-schema.js';
import { plan, record, started } from '../report/records.js';
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

const told = async (
  cwd: string,
  run: string | readonly string[] | undefined,
  options: Record<string, unknown> = {},
) => {
  const { context, printed, told } = world(cwd);
  const code = await report(context, { arguments: { run: run === undefined ? [] : [run].flat() }, options });
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

test('two runs are told side by side: those that are named, one and the latest, or the two latest', async (t) => {
  const lab = await verified(t);
  const compare = { compare: true };
  const tables = [
    await told(lab, [early, late], compare),
    await told(lab, early, compare),
    await told(lab, undefined, compare),
    await told('/', [join(lab, 'reports', early), join(lab, 'reports', late, 'history.jsonl')], compare),
  ];
  t.is(new Set(tables.map(({ out }) => out)).size, 1);
  const [{ out, said, code } = { out: '', said: '', code: 1 }] = tables;
  t.regex(out, new RegExp(` A .*${early} · cut\\s+off`));
  t.regex(out, /Outcomes: \d/);
  t.regex(said, /2026-11-21T08-00-00-000Z was cut off/);
  t.is(code, undefined);
});

test('a comparison comes as table, json or html, and as nothing else', async (t) => {
  const lab = await verified(t);
  const as = (format: string) => told(lab, [late, early], { compare: true, format });
  t.true(comparisonSchema.safeParse(JSON.parse((await as('json')).out)).success);
  t.regex((await as('html')).out, /^<!doctype html>[\s\S]*two verifications compared/);
  for (const format of ['junit', 'tap']) {
    await t.throwsAsync(as(format), { instanceOf: InputError, message: `--format ${format} is for one run.` });
  }
  await t.throwsAsync(told(lab, [], { compare: true, all: true }), { instanceOf: InputError, message: /--all/ });
});

test('what can’t be compared is an error that says why', async (t) => {
  const lab = await verified(t);
  const compared = (...runs: string[]) => told(lab, runs, { compare: true });
  const why: readonly [readonly string[], RegExp][] = [
    [['nowhere', late], /no run nowhere/],
    [[early, 'nowhere'], /no run nowhere/],
    [[late], /Both are the same run/],
    [[early, late, early], /Two runs can be compared/],
  ];
  for (const [runs, message] of why) await t.throwsAsync(compared(...runs), { instanceOf: InputError, message });
  await writeFile(join(lab, 'reports', early, 'history.jsonl'), 'no json\n{}\n');
  await t.throwsAsync(compared(early, late), {
    instanceOf: InputError,
    message: /history\.jsonl:1 is no line of JSON/,
  });
  await rm(join(lab, 'reports', early), { recursive: true });
  await t.throwsAsync(compared(), { instanceOf: InputError, message: /verified only once/ });
  await t.throwsAsync(told(lab, [early, late]), { instanceOf: InputError, message: /one run at a time/ });
});

/** Records that begin well and are not what Quintet wrote: a line is another one, or lacks something. */
const damaged: readonly [string, readonly unknown[], RegExp][] = [
  ['no plan', [{ type: 'verification-started', version: 1 }], /:1 is damaged/],
  ['a plan without routers', [{ ...started, plan: { ...plan, vrrp: {} } }], /:1 is damaged: plan\.vrrp/],
  ['a list', [started, []], /:2 is damaged/],
  ['null', [started, null], /:2 is damaged/],
  [
    'a finding without an outcome',
    [started, { type: 'found', finding: { kind: 'check', id: 'a' } }],
    /:2 is damaged: finding/,
  ],
  ['a probe without a time', [started, { type: 'probe' }], /:2 is damaged: atMs/],
  ['a run without a scenario', [started, { type: 'run-started', atMs: 0 }], /:2 is damaged: scenario/],
  ['holders that are none', [started, { type: 'vip', atMs: 1, holders: 'lb1' }], /:2 is damaged: holders/],
];

for (const [what, events, message] of damaged) {
  test(`a damaged history is an error that names the line: ${what}`, async (t) => {
    const folder = await temporaryFolder(t);
    await writeFile(join(folder, 'history.jsonl'), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    for (const format of ['table', 'html']) {
      await t.throwsAsync(told(folder, folder, { format }), { instanceOf: InputError, message });
    }
  });
}

test('an event that a later Quintet may write is passed over', async (t) => {
  const lab = await verified(t);
  const file = join(lab, 'reports', late, 'history.jsonl');
  const before = (await told(lab, late)).out;
  await writeFile(file, history.replace('{"type":"verification-ended"', '{"type":"weather","atMs":3}\n$&'));
  t.is((await told(lab, late)).out, before);
});
