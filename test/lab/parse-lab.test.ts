import test from 'ava';
import fc from 'fast-check';
import { checkText } from '../../src/lab/check-text.js';
import { formatProblems } from '../../src/lab/format-problems.js';
import { parseLab } from '../../src/lab/parse-lab.js';
import { labRules } from '../../src/lab/rules.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { expectedOf, orphansIn, pairsIn } from './pairs.js';

const facts = { memoryMb: 8192, cores: 4 };
const folder = 'errors';

for (const pair of pairsIn(folder)) {
  test(`says what is wrong with ${pair.name}.yaml`, (t) => {
    const parsed = parseLab(pair.text, `${pair.name}.yaml`, facts);
    const problems = parsed.ok ? parsed.warnings : parsed.problems;
    t.is(parsed.ok, pair.name.startsWith('warn-'), 'only warn- files are good enough');
    const said = `${formatProblems(problems, pair.text, { width: 80 })}\n`;
    t.is(expectedOf(folder, pair, said), said);
  });
}

test('every expected text has its file', (t) => {
  t.deepEqual(orphansIn(folder), []);
});

test('every rule of meaning is shown by one of the files', (t) => {
  const texts = pairsIn(folder).map(({ text }) => text);
  for (const [index, rule] of labRules.entries()) {
    const kind = {
      schema: labSchema,
      subject: (lab: ReturnType<typeof labSchema.parse>, wrote: (path: readonly (string | number)[]) => boolean) => ({
        lab,
        wrote,
        facts,
      }),
    };
    const count = (text: string, rules: typeof labRules) => {
      const checked = checkText({ ...kind, rules }, text, 'lab.yaml');
      return (checked.ok ? checked.warnings : checked.problems).length;
    };
    t.true(
      texts.some((text) => count(text, [rule]) > count(text, [])),
      `rule ${index} (${rule.reads.join(', ')}) is shown by no file`,
    );
  }
});

test('an empty lab file means every default', (t) => {
  const parsed = parseLab('', 'lab.yaml');
  t.true(parsed.ok);
  t.deepEqual(parsed.ok && parsed.lab, labSchema.parse({}));
});

test('a section whose lines are all commented out means its defaults', (t) => {
  const parsed = parseLab('vrrp:\n  # timing: fast\nports:\nmachines:\nname: lab\n', 'lab.yaml');
  t.deepEqual(parsed.ok && parsed.lab, labSchema.parse({ name: 'lab' }));
});

test('aliases are followed', (t) => {
  const text =
    'machines:\n  lb1: &lb {roles: [load-balancer], memoryMb: 256}\n  lb2: *lb\n  all: {roles: [web, app, database]}\n';
  const parsed = parseLab(text, 'lab.yaml');
  t.is(parsed.ok && parsed.lab.machines.lb2?.memoryMb, 256);
});

test('a wrong value behind an alias is shown where it is written', (t) => {
  const text =
    'machines:\n  lb1: &lb {roles: [load-balancer], memoryMb: much}\n  lb2: *lb\n  all: {roles: [web, app, database]}\n';
  const parsed = parseLab(text, 'lab.yaml');
  t.deepEqual(parsed.ok ? [] : [...new Set(parsed.problems.map(({ line }) => line))], [2]);
});

test('what rests on a wrong part is not held against the user too', (t) => {
  const parsed = parseLab('machines:\n  lb1: {roles: [lod-balancer]}\n', 'lab.yaml');
  t.is(parsed.ok ? 0 : parsed.problems.length, 1);
});

test('rules of meaning speak even when the shape of another part is wrong', (t) => {
  const parsed = parseLab('nmae: x\nports: {http: 443}\n', 'lab.yaml');
  t.deepEqual(parsed.ok ? [] : parsed.problems.map(({ line }) => line), [1, 2]);
});

test('without facts about the computer a lab is not held against it', (t) => {
  const text =
    'provider: virtualbox\nmachines:\n  lb1: {roles: [load-balancer, web, app], memoryMb: 900000, cores: 100}\n  lb2: {roles: [load-balancer, database]}\n';
  t.true(parseLab(text, 'lab.yaml').ok);
  t.false(parseLab(text, 'lab.yaml', facts).ok);
});

const shards = fc.constantFrom(
  ...[
    'name',
    'machines',
    'roles',
    ': ',
    '\n',
    '  ',
    '- ',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '&a',
    '*a',
    '!',
    '|',
    '>',
    '#',
    ',',
  ],
  ...[
    '\t',
    '\r\n',
    '---',
    '__proto__',
    'constructor',
    'web',
    '1',
    '<<',
    '?',
    '%',
    '\u0000',
    '\u001b',
    '😀',
    'null',
    '~',
    '.inf',
  ],
);

test('no text makes the reader throw, and every problem lies inside the text', (t) => {
  const anything = fc.oneof(
    fc.string(),
    fc.array(shards, { maxLength: 40 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(anything, (text) => {
      const parsed = parseLab(text, 'lab.yaml', facts);
      const problems = parsed.ok ? parsed.warnings : parsed.problems;
      const lines = text.split('\n');
      for (const { line, column, length } of problems) {
        const there = lines[line - 1];
        if (there === undefined || column < 1 || column > there.length + 1 || length < 1)
          throw new Error(`${line}:${column}`);
      }
      formatProblems(problems, text, { width: 30 });
    }),
    { numRuns: 400 },
  );
  t.pass();
});

test('nesting beyond all measure is a problem, not a crash', (t) => {
  for (const [text, message] of [
    [`title: ${'['.repeat(4000)}`, 'this is nested too deeply'],
    ['{a: '.repeat(1500), 'this is nested too deeply'],
    ['- '.repeat(20_000), 'the file has too many keys and values for a lab file'],
    [`title: ${'['.repeat(9000)}`, 'the file has too many keys and values for a lab file'],
  ] as const) {
    const parsed = parseLab(text, 'lab.yaml');
    t.deepEqual(parsed.ok ? [] : parsed.problems.map((problem) => problem.message), [message]);
  }
});

test('a lab file is read in under 50 ms', (t) => {
  const text = pairsIn(folder).find(({ name }) => name === 'everything-at-once')?.text ?? '';
  const tookMs = Array.from({ length: 10 }, () => {
    const begin = performance.now();
    parseLab(text, 'lab.yaml', facts);
    return performance.now() - begin;
  });
  // The best of ten: what else the computer is busy with is not the reader's doing.
  const bestMs = Math.min(...tookMs);
  t.log(`${bestMs.toFixed(1)} ms`);
  t.true(bestMs < 50);
});
