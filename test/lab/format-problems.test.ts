import test from 'ava';
import stringWidth from 'string-width';
import { formatProblems } from '../../src/lab/format-problems.js';
import { parseLab } from '../../src/lab/parse-lab.js';
import type { Problem } from '../../src/model/problem.js';
import { pairsIn } from './pairs.js';

const problem: Problem = {
  file: 'lab.yaml',
  line: 2,
  column: 11,
  length: 4,
  severity: 'error',
  message: 'vrrp.timing must be classic, balanced or fast, not "fats"',
  suggestion: 'fast',
  hint: 'see docs.',
};
const text = 'vrrp:\n  timing: fats # why\n';

test('a problem is shown with its line, a caret, the suggestion and the hint', (t) => {
  t.is(
    formatProblems([problem], text, { width: 100 }),
    `lab.yaml:2:11 error: vrrp.timing must be classic, balanced or fast, not "fats"
  2 |   timing: fats # why
    |           ^^^^
      did you mean fast?
      hint: see docs.`,
  );
});

test('each part is given its style', (t) => {
  const said = formatProblems([problem], text, { width: 200, color: (style, words) => `<${style}>${words}</>` });
  for (const part of [
    '<place>lab.yaml:2:11</>',
    '<error>error</>',
    '<gutter>  2 |</>',
    '<error>^^^^</>',
    '<suggestion>did you mean fast?</>',
    '<hint>hint: see docs.</>',
  ]) {
    t.true(said.includes(part), part);
  }
});

test('carets stand below the words in lines with tabs and wide characters', (t) => {
  for (const before of ['\t', '日本: ', '😀 ', 'é']) {
    const line = `${before}fats`;
    const said = formatProblems([{ ...problem, line: 1, column: before.length + 1 }], line).split('\n');
    const shown = said.find((row) => row.includes('fats') && row.includes('|')) ?? '';
    const carets = said.find((row) => row.includes('^^^^')) ?? '';
    t.is(stringWidth(carets.slice(0, carets.indexOf('^'))), stringWidth(shown.slice(0, shown.indexOf('fats'))), before);
  }
});

for (const width of [40, 60, 80, 120]) {
  test(`no row is wider than a terminal of ${width} columns, but for a word that is longer`, (t) => {
    for (const pair of pairsIn('errors')) {
      const parsed = parseLab(pair.text, 'lab.yaml', { memoryMb: 8192, cores: 4 });
      const said = formatProblems(parsed.ok ? parsed.warnings : parsed.problems, pair.text, { width });
      for (const row of said.split('\n')) {
        const longest = Math.max(
          ...row
            .trim()
            .split(' ')
            .map((word) => stringWidth(word)),
        );
        t.true(stringWidth(row) <= Math.max(width, longest + 8), `${pair.name}: ${row}`);
      }
    }
  });
}

test('nothing in a file drives the terminal', (t) => {
  const evil = 'provider: "\u001b]0;x\u0007\u009b2J\u202e"\n';
  const parsed = parseLab(evil, 'la\u001b[2Jb.yaml');
  const said = formatProblems(parsed.ok ? [] : parsed.problems, evil);
  t.notRegex(said.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
});

test('of very many problems the first are shown and the rest counted', (t) => {
  const said = formatProblems(
    Array.from({ length: 25 }, () => problem),
    text,
  );
  t.is(said.split('did you mean').length - 1, 20);
  t.true(said.endsWith('… and 5 more problems'));
});

test('a very long line is shortened around what is meant, quickly', (t) => {
  const line = `${'a'.repeat(200_000)}fats${'b'.repeat(200_000)}`;
  const said = formatProblems([{ ...problem, line: 1, column: 200_001 }], line, { width: 60 });
  t.regex(said, /\| …a+fatsb+…\n/);
});
