import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { run } from '../../src/host/command.js';
import * as quotes from '../../src/render/quote.js';
import { needs } from '../rig/needs.js';

/** Text with plenty of what is special somewhere. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          '"',
          "'",
          '`',
          '\\',
          '$(id)',
          `$\{x}`,
          '#{1}',
          '#$0',
          '#@a',
          '%',
          '<%',
          '%>',
          ';',
          '{',
          '}',
          '*/',
          '-->',
          '&',
          '|',
        ],
        ...['!', '~', '@', '=', '#', ' ', '\t', '\n', '\r', '\u001b', '\u007f', '\u2028', 'é', '漢', '🙂', 'END', '-n'],
      ),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join('').replaceAll('\0', ''));

const samples = (count: number): string[] => fc.sample(nasty, { numRuns: count, seed: 5 });

/** The text in quotes, or undefined where the language has no way to say it. */
const quoted = (quote: quotes.Quote, text: string): string | undefined => {
  try {
    return quote(text);
  } catch {
    return undefined;
  }
};

needs('bash')('a shell reads back exactly what was quoted', async (t) => {
  const texts = samples(400);
  const script = texts.map((text) => `printf '%s\\0' ${quotes.shell(text)}`).join('\n');
  for (const shell of ['bash', 'sh']) {
    const result = await run([shell, '-s'], { input: script });
    t.deepEqual(result.stdout.split('\0').slice(0, -1), texts, shell);
  }
});

needs('ruby')('Ruby reads back exactly what was quoted', async (t) => {
  const texts = samples(400);
  const script = `# encoding: utf-8\nrequire 'json'\nputs JSON.generate([${texts.map(quotes.ruby).join(',\n')}])`;
  const result = await run(['ruby', '-'], { input: script });
  t.deepEqual(JSON.parse(result.stdout || '""'), texts, result.stderr);
});

needs('haproxy')('HAProxy reads back exactly what was quoted', async (t) => {
  // HAProxy names the keywords it does not know, as it read them, and gives up after some 50.
  const texts = samples(300)
    .filter((text) => quoted(quotes.haproxy, text) !== undefined)
    .slice(0, 40);
  t.is(texts.length, 40);
  const folder = await mkdtemp(join(tmpdir(), 'quintet-test-'));
  const file = join(folder, 'haproxy.cfg');
  await writeFile(file, `global\n${texts.map((text) => `  ${quotes.haproxy(`x${text}`)}\n`).join('')}`);
  const result = await run(['haproxy', '-c', '-f', file]);
  await rm(folder, { recursive: true });
  for (const text of texts) t.true(result.stderr.includes(`unknown keyword 'x${text}' in 'global' section`), text);
});

const named = { ...quotes };

const singleLine: readonly (keyof typeof quotes)[] = [
  'plain',
  'comment',
  'ruby',
  'json',
  'sqlString',
  'sqlIdentifier',
  'nginx',
  'haproxy',
  'keepalived',
  'nftables',
  'systemd',
  'environment',
  'optionFile',
  'markdown',
  'vclString',
];

for (const name of singleLine)
  test(`${name}: a value never ends the line it stands on`, (t) => {
    fc.assert(
      fc.property(nasty, (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
        return !/[\n\r\u0000\u2028]/.test(quoted(named[name], text) ?? '');
      }),
    );
    t.pass();
  });

test('VCL: a string is what stands between its quotes, or refused', (t) => {
  t.is(quotes.vclString('^/a/[0-9]+$'), '"^/a/[0-9]+$"');
  t.throws(() => quotes.vclString('a"; return (pass); #'));
});

/** Languages whose words need no quotes at all, or an error. */
for (const name of ['plain', 'keepalived', 'nftables', 'optionFile'] as const)
  test(`${name}: a value is one plain word or refused`, (t) => {
    fc.assert(fc.property(nasty, (text) => /^[\w@%+=:,./-]+$/.test(quoted(named[name], text) ?? 'refused')));
    t.throws(() => named[name]('two words'));
    t.throws(() => named[name](''));
    t.is(named[name]('192.168.56.0/24'), '192.168.56.0/24');
  });

test('SQL: a string stays within its quotes and a name within its back quotes', (t) => {
  fc.assert(
    fc.property(nasty, (text) => {
      const literal = quoted(quotes.sqlString, text) ?? "''";
      const name = quoted(quotes.sqlIdentifier, text) ?? '`x`';
      return /^'(?:[^'\\]|'')*'$/.test(literal) && /^`(?:[^`]|``)+`$/.test(name);
    }),
  );
  t.is(quotes.sqlString("it's"), "'it''s'");
  t.is(quotes.sqlIdentifier('a`b'), '`a``b`');
  t.throws(() => quotes.sqlString('a\\'));
});

test('nginx, systemd and environment files: a value is one word, or one word in quotes', (t) => {
  fc.assert(
    fc.property(nasty, (text) =>
      (['nginx', 'systemd', 'environment'] as const).every((name) =>
        /^(?:[\w@%+=:,./$-]+|"(?:[^"\\]|\\.)*")$/u.test(quoted(named[name], text) ?? 'refused'),
      ),
    ),
  );
  t.throws(() => quotes.nginx('$host'));
  t.is(quotes.systemd('50% of $x'), '"50%% of $$x"');
});

test('HTML: a value opens no tag, ends no attribute and begins no entity of its own', (t) => {
  fc.assert(fc.property(nasty, (text) => !/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/.test(quotes.html(text))));
  t.is(quotes.html('<b a="1">&'), '&lt;b a=&quot;1&quot;&gt;&amp;');
});

test('JSON: a value reads back as it was', (t) => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      t.deepEqual(JSON.parse(quotes.json(value)), JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('a comment keeps neither its line open nor an end of comment', (t) => {
  fc.assert(
    fc.property(nasty, (text) => {
      const kept = quotes.comment(text);
      return !kept.includes('*/') && !kept.includes('-->') && !kept.endsWith('\\');
    }),
  );
  t.is(quotes.comment('a\nb'), 'a b');
});

test('a missing value is an error in every language, never an empty word', (t) => {
  for (const [name, quote] of Object.entries(quotes)) t.throws(() => quote(undefined), undefined, name);
});
