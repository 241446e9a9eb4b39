import test from 'ava';
import type { Next } from '../../src/model/role.js';
import { planOf } from '../../src/plan/plan.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { type PromotionLooks, promotionOf } from '../../src/roles/promotion.js';
import { memberLook, nextOfPair, pairConvergence, tellPair } from '../../src/roles/replica.js';

type Lines = Readonly<Record<string, string | number>>;

/** What a database says, a line each. */
const said = (lines: Lines): string =>
  Object.entries(lines)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n');

const fresh: Lines = { active: 'active', read_only: 1, source: 0, epoch: 0, schema: 0, provision: 1, clients: 0 };
const source: Lines = {
  ...{ active: 'active', read_only: 0, source: 1, epoch: 1, schema: 1, semi: 'ON', clients: 1, position: '0-1-9' },
};
const replica: Lines = {
  ...{ active: 'active', read_only: 1, follows: '10.0.0.1', io: 'Yes', sql: 'Yes', behind: 0, source: 0, epoch: 1 },
  ...{ schema: 1, clients: 0, position: '0-1-9', protected_ago: 100 },
};
/** Came back, and knows of nothing. */
const returned: Lines = { ...source, read_only: 1, clients: 0, semi: 'OFF' };
const promoted: Lines = { ...source, epoch: 2, semi: 'OFF', clients: 0 };

const next = (...lines: readonly (Lines | undefined)[]): Next =>
  nextOfPair(new Map(lines.map((each, index) => [`db${index + 1}`, each && said(each)])));

/** `db1 source 1`, `wait`, `done` or the words of a refusal. */
const wordsOf = (decided: Next): string => {
  if (decided.kind === 'act')
    return decided.acts
      .map(({ machine, does }) => `${machine} ${does === 'provision' ? does : does.slice(1).join(' ')}`)
      .join(', ');
  return decided.kind === 'refuse' ? decided.why : decided.kind;
};

const steps: readonly (readonly [title: string, db1: Lines | undefined, db2: Lines | undefined, does: string])[] = [
  ['the first one begins', fresh, fresh, 'db1 source 1'],
  ['one that has data already begins', fresh, { ...fresh, schema: 1 }, 'db2 source 1'],
  [
    'two that have data and never were a pair are left to a person',
    { ...fresh, schema: 1 },
    { ...fresh, schema: 1 },
    'db1 and db2 both hold data and never were a pair: one of them would lose its own',
  ],
  ['the source gets its schema before anybody copies it', { ...source, provision: 1 }, fresh, 'db1 provision'],
  ['the other one is made its replica', { ...source, clients: 0 }, fresh, 'db2 follow 1'],
  ['a replica that is not in step yet is waited for', { ...source, semi: 'OFF' }, replica, 'wait'],
  ['what waited for the pair is done then', source, { ...replica, provision: 1 }, 'db2 provision'],
  ['a pair that is whole is left alone', source, replica, 'done'],
  ['whoever is off is started', { ...source, active: 'inactive' }, replica, 'db1 start'],
  ['a source that restarted looks for itself whether it still is one', returned, replica, 'wait'],
  ['the old source is made the replica of the new one', returned, promoted, 'db1 follow 2'],
  ['of two that both were made the source the later one is it', promoted, returned, 'db2 follow 2'],
  ['after a power cut of both the later one takes writes', returned, { ...promoted, read_only: 1 }, 'db2 source 2'],
  ['an old source that takes writes is made the replica', source, promoted, 'db1 follow 2'],
  [
    'a replica that can not go on is made anew',
    source,
    { ...replica, io: 'No', trouble: 'not in the binlog' },
    'db2 follow 1',
  ],
  [
    'a new configuration comes to the replica first',
    { ...source, restart: 1 },
    { ...replica, restart: 1 },
    'db2 restart',
  ],
  ['and then to the source', { ...source, restart: 1 }, replica, 'db1 restart'],
  [
    'a source alone is told to be alone',
    source,
    undefined,
    "db2 can't be asked, and db1 takes writes that are on it alone",
  ],
  [
    'a replica alone is not made the source by up',
    undefined,
    replica,
    "db1 can't be asked, so nobody knows whether db2 has the last writes",
  ],
  [
    'a replica whose source was made anew is left to a person',
    fresh,
    replica,
    'db2 has the data and follows a source that is no more',
  ],
  [
    'two of the same time are left to a person',
    { ...returned, epoch: 2 },
    { ...promoted, read_only: 1 },
    'Both db1 and db2 were made the source, each knowing nothing of the other',
  ],
];

for (const [title, db1, db2, does] of steps) {
  test(title, (t) => t.is(wordsOf(next(db1, db2)), does));
}

const looks = (
  target: Lines | undefined,
  other: { readonly state?: string; readonly lines?: Lines },
  witness: string | undefined = 'db1.asked=100\ndb1.answered=900\n',
): PromotionLooks => ({
  target: { machine: 'db2', text: target && said(target) },
  other: { machine: 'db1', state: other.state ?? 'stopped', text: other.lines && said(other.lines) },
  witnesses: new Map([['app', witness]]),
});

/** The replica confirmed writes until 1 s ago. */
const bereft: Lines = { ...replica, io: 'Connecting', protected_ago: 1000 };
const off = { state: 'stopped' };

const promotions: readonly (readonly [title: string, looks: PromotionLooks, kind: RegExp])[] = [
  ['one that takes writes is the source already', looks(promoted, off), /^already/],
  ['beside a living source it is done in turn', looks(replica, { state: 'running', lines: source }), /^planned 2/],
  ['in the place of one that is gone', looks(bereft, off), /^gone 2/],
  [
    'refused where the source lived on after the replica confirmed its last write',
    looks({ ...bereft, protected_ago: 3000 }, off),
    /^refuse app still heard db1 2100 ms after db2 last confirmed/,
  ],
  [
    'refused where the replica never confirmed',
    looks({ ...bereft, protected_ago: '' }, off),
    /^refuse db2 was not confirming/,
  ],
  [
    'refused without a witness',
    { ...looks(bereft, off), witnesses: new Map([['app', undefined]]) },
    /^refuse app can't be asked/,
  ],
  ['refused where the witness was not there', looks(bereft, off, 'db1.asked=100'), /^refuse app did not notice/],
  [
    'refused for the moment in which it still answered',
    looks(bereft, off, 'db1.asked=20\ndb1.answered=25'),
    /^refuse .*moment ago/,
  ],
  ['refused beside one that stands still', looks(bereft, { state: 'paused' }), /^refuse db1 is not off/],
  [
    'refused beside one whose server hangs',
    looks(bereft, { state: 'running', lines: { active: 'active', source: 1, epoch: 1 } }),
    /^refuse db1 is not off/,
  ],
  [
    'in the place of one whose server was stopped',
    looks(bereft, { state: 'running', lines: { active: 'inactive', source: 1, epoch: 1 } }),
    /^gone 2/,
  ],
  [
    'refused beside a living source whose writes it does not confirm',
    looks({ ...replica, protected_ago: 5000 }, { state: 'running', lines: { ...source, semi: 'OFF' } }),
    /^refuse db2 does not confirm/,
  ],
  ['refused where it follows nobody', looks({ ...fresh, epoch: 1 }, off), /^refuse db2 follows nobody/],
  ['refused where it can not be asked', looks(undefined, off), /^refuse db2 can't be asked/],
];

for (const [title, found, kind] of promotions) {
  test(`a promotion: ${title}`, (t) => {
    const decided = promotionOf(found, 1000, false);
    const words = { already: '', planned: '', gone: '', refuse: '' };
    const more = decided.kind === 'refuse' ? decided.why : 'epoch' in decided ? String(decided.epoch) : '';
    t.true(decided.kind in words);
    t.regex(`${decided.kind} ${more}`, kind);
  });
}

test('a forced promotion is made, and told what spoke against it; but never beside one that may wake up', (t) => {
  const forced = promotionOf(looks({ ...bereft, protected_ago: 3000 }, off), 1000, true);
  t.is(forced.kind, 'gone');
  t.regex((forced.kind === 'gone' && forced.despite) || '', /still heard db1/);
  t.is(promotionOf(looks(bereft, { state: 'paused' }), 1000, true).kind, 'refuse');
});

test('a pair is told as it is', (t) => {
  const told = (db1?: Lines, db2?: Lines) =>
    tellPair(new Map([db1, db2].map((each, index) => [`db${index + 1}`, each && said(each)])));
  t.is(told(source, replica), 'db1 takes writes, and db2 confirms each before it is acknowledged; it is 0 s behind.');
  t.regex(told(source, undefined), /unprotected: db2 is off/);
  t.regex(told({ ...source, semi: 'OFF' }, { ...replica, behind: 7 }), /unprotected: db2 is 7 s behind/);
  t.regex(told(returned, promoted), /db2 takes writes, unprotected: db1 follows nobody/);
  t.regex(told(source, promoted), /^Two sources: db1 and db2/);
  t.regex(told(undefined, replica), /^No database takes writes.*quintet promote db2/);
});

test('a replica that does not answer says nothing of itself', (t) => {
  const look = memberLook('db2', 'active=activating\nsource=0\nepoch=1');
  t.false(look.answers);
  t.is(look.protectedAgoMs, undefined);
});

test('only a lab with a source and its replica has such a pair', (t) => {
  const machines = {
    lb: { roles: ['load-balancer', 'web', 'app'] },
    one: { roles: ['database'] },
    two: { roles: ['database'] },
  };
  const plan = planOf(labSchema.parse({ machines, database: { topology: 'replica' } }));
  t.deepEqual(pairConvergence.machines(plan), ['one', 'two']);
  t.deepEqual(pairConvergence.machines(planOf(labSchema.parse({}))), []);
});
