import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';

const app = join(process.cwd(), 'templates/app/node/opt/quintet/app');
const load = createRequire(import.meta.url);

interface Asking {
  readonly machine?: string;
  execute(sql: string, values: readonly string[], budgetMs: number): Promise<unknown[]>;
}
interface FakePool {
  run(sql: string, values: readonly string[], budgetMs: number): Promise<unknown[]>;
}
interface Databases {
  readonly nodes: { readonly machine: string; pool: FakePool; gone: boolean }[];
  ask(): Asking;
}
const { Databases } = load(join(app, 'databases.js')) as {
  Databases: new (settings: { hosts: readonly string[]; replicated?: boolean }) => Databases;
};
const { DatabaseGone } = load(join(app, 'pool.js')) as { DatabaseGone: new (cause: unknown) => Error };

const answer = (errno: number) => Object.assign(new Error(`error ${errno}`), { errno, sqlState: 'HY000' });
const refused = () => new DatabaseGone(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));

type Does = (budgetMs: number) => Promise<unknown[]>;
const serves: Does = async () => ['row'];
const fails =
  (error: () => Error): Does =>
  async () => {
    throw error();
  };
/** Says nothing until it is given up. */
const hangs: Does = async (budgetMs) => {
  await delay(budgetMs);
  throw new DatabaseGone(Object.assign(new Error('late'), { code: 'TIMEOUT' }));
};

/** Databases that do so, and what was asked of each. */
const databasesThat = (...does: readonly Does[]) => {
  const databases = new Databases({ hosts: does.map((_, index) => `d${index + 1}`) });
  const asked: string[] = [];
  for (const [index, node] of databases.nodes.entries()) {
    node.pool = {
      run: (_sql, _values, budgetMs) => {
        asked.push(node.machine);
        return does[index]?.(budgetMs) ?? Promise.resolve([]);
      },
    };
  }
  return { databases, asked };
};

const ask = async (databases: Databases, budgetMs = 200) => {
  const asking = databases.ask();
  const rows = await asking.execute('SELECT 1', [], budgetMs);
  return { rows, machine: asking.machine };
};

test('the nearest database is asked, and named', async (t) => {
  const { databases, asked } = databasesThat(serves, serves, serves);
  t.deepEqual(await ask(databases), { rows: ['row'], machine: 'd1' });
  t.deepEqual(asked, ['d1']);
});

for (const [what, error] of [
  ['one that refuses connections', refused],
  ['one without a majority', () => answer(1047)],
  ['one that goes down', () => answer(1053)],
  ['one that lost the others while it committed', () => answer(1180)],
] as const) {
  test(`${what} is passed over at once, and is left alone until it serves`, async (t) => {
    const { databases } = databasesThat(fails(error), serves, serves);
    t.is((await ask(databases)).machine, 'd2');
    t.true(databases.nodes[0]?.gone);
    t.is((await ask(databases)).machine, 'd2');
  });
}

test('one that says nothing gets half of the time', async (t) => {
  const { databases } = databasesThat(hangs, serves, serves);
  const beganMs = Date.now();
  t.is((await ask(databases, 300)).machine, 'd2');
  t.true(Date.now() - beganMs >= 140);
});

test('a database that serves again is asked again', async (t) => {
  let up = false;
  const { databases } = databasesThat(async () => (up ? serves(0) : fails(refused)(0)), serves);
  t.is((await ask(databases)).machine, 'd2');
  up = true;
  for (let left = 100; databases.nodes[0]?.gone && left > 0; left -= 1) await delay(50);
  t.is((await ask(databases)).machine, 'd1');
});

test('where none can serve it is said, at once from the second request on', async (t) => {
  const { databases, asked } = databasesThat(fails(refused), fails(refused), fails(refused));
  await t.throwsAsync(ask(databases), { instanceOf: DatabaseGone });
  await delay(5);
  const before = asked.length;
  await t.throwsAsync(ask(databases), { message: 'no database can serve' });
  t.is(asked.length, before);
});

test('two writes that met: the one that lost is made again on the same machine', async (t) => {
  let met = 2;
  const { databases, asked } = databasesThat(async () => {
    met -= 1;
    if (met >= 0) throw answer(1213);
    return ['row'];
  }, serves);
  t.is((await ask(databases)).machine, 'd1');
  t.deepEqual(asked, ['d1', 'd1', 'd1']);
});

test('what a database answers stands, whichever it was: no other would say otherwise', async (t) => {
  const { databases, asked } = databasesThat(
    fails(() => answer(1062)),
    serves,
  );
  const asking = databases.ask();
  await t.throwsAsync(asking.execute('INSERT', [], 200), { message: 'error 1062' });
  t.is(asking.machine, 'd1');
  t.deepEqual(asked, ['d1']);
});

/** A source and its replica. One that takes no writes refuses whoever connects, and says so to whoever was connected before. */
const replicated = (first: Does, second: Does) => {
  const databases = new Databases({ hosts: ['d1', 'd2'], replicated: true });
  const asked: string[] = [];
  const does = [first, second];
  for (const [index, node] of databases.nodes.entries()) {
    node.pool = {
      dropIdle: () => undefined,
      run: (_sql: string, _values: readonly string[], budgetMs: number) => {
        asked.push(node.machine);
        return does[index]?.(budgetMs) ?? Promise.resolve([]);
      },
    } as FakePool;
  }
  return { databases, asked };
};
const readOnly = () => new DatabaseGone(Object.assign(new Error('it takes no writes'), { code: 'READ_ONLY' }));

test('of a source and its replica whoever takes writes is asked', async (t) => {
  const { databases } = replicated(fails(readOnly), serves);
  t.deepEqual(await ask(databases), { rows: ['row'], machine: 'd2' });
});

test('a request waits for the one that takes the place of the source', async (t) => {
  const sinceMs = Date.now();
  const later: Does = async () => {
    if (Date.now() - sinceMs < 150) throw readOnly();
    return ['row'];
  };
  const { databases } = replicated(
    fails(() => answer(1290)),
    later,
  );
  t.deepEqual(await ask(databases, 2000), { rows: ['row'], machine: 'd2' });
});

test('where neither takes writes it is said when the time is over', async (t) => {
  const { databases } = replicated(fails(readOnly), fails(readOnly));
  await t.throwsAsync(ask(databases, 100), { instanceOf: DatabaseGone });
});
