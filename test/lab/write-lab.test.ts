import test from 'ava';
import fc from 'fast-check';
import { parseLab } from '../../src/lab/parse-lab.js';
import { writeLab } from '../../src/lab/write-lab.js';
import type { LabChoices } from '../../src/model/lab.js';
import { sampleRuntimes } from '../../src/roles/app.js';
import { engines } from '../../src/roles/database.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { timings } from '../../src/roles/load-balancer.js';
import { ownApplication } from '../rig/own-application.js';

test('a lab written without a choice is the default lab', (t) => {
  const parsed = parseLab(writeLab({}), 'lab.yaml');
  t.deepEqual(parsed, { ok: true, lab: labSchema.parse({}), warnings: [] });
});

test('the first line tells editors where the schema is', (t) => {
  t.is(writeLab({}).split('\n')[0], '# yaml-language-server: $schema=.quintet/lab.schema.json');
});

test('what was chosen is written with its explanation, what was not is left out', (t) => {
  const text = writeLab({ vrrp: { advertMs: 200 }, ports: { https: 8443 } });
  t.regex(text, /# On the VIP: the site\n {2}https: 8443\n/);
  t.notRegex(text, /timing:/);
  t.notRegex(text, /stats:/);
  t.regex(text, /\n {2}lb1:\n {4}roles: \[load-balancer\]\n/);
});

const nasty = fc.constantFrom(
  ...[
    '"',
    "'",
    '#{x}',
    '$(id)',
    '`id`',
    '<%= x %>',
    ': ',
    ' #',
    '- ',
    '\\',
    '{',
    '}',
    '[',
    ']',
    '|',
    '>',
    '%',
    '@',
    '&',
    '*',
    '!',
  ],
  ...['yes', 'null', '~', '1e3', '0x10', ' ', '\u00e9', '日本', '😀', '---', '...', '\u2028', '\u0130', '?', ','],
);
const line = fc
  .array(fc.oneof(nasty, fc.string({ minLength: 1, maxLength: 5 })), { minLength: 1, maxLength: 8 })
  .map((parts) => parts.join(''))
  .filter((text) => text.length <= 200 && /^\P{Cc}+$/u.test(text));

const choices: fc.Arbitrary<LabChoices> = fc.record(
  {
    name: fc.constantFrom('lab', 'a-b', 'null', 'true', 'x1'),
    title: line,
    provider: fc.constantFrom('virtualbox' as const, 'libvirt' as const),
    box: fc.record({ name: line, url: line }),
    network: fc.record(
      { vip: fc.constantFrom('192.168.56.9'), domain: fc.constantFrom('x.test', '1.test') },
      { requiredKeys: [] },
    ),
    vrrp: fc.record(
      {
        timing: fc.constantFrom(...timings),
        advertMs: fc.constantFrom(50, 300),
        preempt: fc.boolean(),
        routerId: fc.integer({ min: 1, max: 255 }),
      },
      { requiredKeys: [] },
    ),
    app: fc.oneof(
      fc.record({ runtime: fc.constantFrom(...sampleRuntimes) }, { requiredKeys: [] }),
      fc.constant(ownApplication),
    ),
    database: fc.record(
      { engine: fc.constantFrom(...engines), user: fc.constantFrom('app', 'no', 'y') },
      { requiredKeys: [] },
    ),
    verify: fc.record({ ratePerSecond: fc.integer({ min: 1, max: 2000 }) }, { requiredKeys: [] }),
    machines: fc.constant({
      no: { roles: ['load-balancer' as const, 'web' as const] },
      y: { roles: ['load-balancer' as const], memoryMb: 256 },
      app: { roles: ['app' as const], cores: 2, address: '192.168.56.30' },
      db: { roles: ['database' as const] },
    }),
  },
  { requiredKeys: [] },
);

test('what is written is read again as what was chosen, whatever the words', (t) => {
  fc.assert(
    fc.property(choices, (chosen) => {
      const text = writeLab(chosen);
      const parsed = parseLab(text, 'lab.yaml');
      if (!parsed.ok) throw new Error(`${parsed.problems.map(({ message }) => message).join('\n')}\n${text}`);
      t.deepEqual(parsed.lab, labSchema.parse(chosen));
    }),
    { numRuns: 200 },
  );
});
