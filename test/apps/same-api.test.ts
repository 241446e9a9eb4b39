import { createRequire } from 'node:module';
import { join } from 'node:path';
import test from 'ava';
import { must } from '../../src/host/command.js';
import { needs } from '../rig/needs.js';

const node = join(process.cwd(), 'templates/app/node/opt/quintet/app/entries.js');
const python = join(process.cwd(), 'templates/app/python/opt/quintet/app');

/** Bodies and queries, good and bad, that both applications must judge alike. */
const bodies: readonly unknown[] = [
  { id: 'a1', text: 'hello' },
  { id: 'A.b_c:d-e', text: ' with\tspace\n' },
  { id: 'a'.repeat(64), text: 'é🎉'.repeat(250) },
  { id: 'a'.repeat(65), text: 'x' },
  { id: 'a1', text: '🎉'.repeat(501) },
  { id: '-a', text: 'x' },
  { id: 'a b', text: 'x' },
  { id: 'a1\n', text: 'x' },
  { id: 7, text: 'x' },
  { text: 'x' },
  { id: 'a1' },
  { id: 'a1', text: 5 },
  { id: 'a1', text: '' },
  { id: 'a1', text: '   ' },
  { id: 'a1', text: 'a\u0000b' },
  { id: 'a1', text: 'a\u007fb' },
  { id: 'a1', text: '\ud800' },
  { id: 'a1', text: 'x', 'more "é"': 1 },
  [],
  null,
  'text',
  true,
];
const queries: readonly Record<string, string>[] = [
  {},
  { limit: '1' },
  { limit: '1000' },
  { limit: '1001' },
  { limit: '0' },
  { limit: '-1' },
  { limit: '١' },
  { limit: '' },
  { after: 'a1' },
  { after: "' OR 1=1" },
  { order: 'newest' },
  { order: 'newest', after: 'a1' },
  { order: 'id', after: 'a1', limit: '5' },
  { order: 'sideways' },
];
const ids: readonly string[] = [
  'a1',
  'A.b_c:d-e',
  'a'.repeat(64),
  'a'.repeat(65),
  '-a',
  'a b',
  'a1\n',
  "' OR 1=1",
  '٢',
];

interface Entries {
  addEntry(pool: unknown, body: unknown): Promise<unknown>;
  listEntries(pool: unknown, query: URLSearchParams): Promise<unknown>;
  readEntry(pool: unknown, id: string): Promise<unknown>;
}

/** `null` for what is let through to the database, else the status and the words. */
type Verdict = [status: number, words: string] | null;

const verdictsOfNode = async (): Promise<Verdict[]> => {
  const { addEntry, listEntries, readEntry }: Entries = createRequire(import.meta.url)(node);
  const reached = new Error('reached the database');
  const pool = { execute: () => Promise.reject(reached) };
  const judge = async (action: () => Promise<unknown>): Promise<Verdict> => {
    const error = await action().then(
      () => reached,
      (thrown: Error & { status: number }) => thrown,
    );
    return error === reached ? null : [(error as Error & { status: number }).status, error.message];
  };
  const verdicts: Verdict[] = [];
  for (const body of bodies) verdicts.push(await judge(() => addEntry(pool, body)));
  for (const query of queries) verdicts.push(await judge(() => listEntries(pool, new URLSearchParams(query))));
  for (const id of ids) verdicts.push(await judge(() => readEntry(pool, id)));
  return verdicts;
};

/** The database and its library are stood in for: what is looked at is what is judged before either is asked. */
const program = `
import json, sys, types
class Reached(Exception): pass
def execute(*_): raise Reached()
sqlalchemy, exc, database = (types.ModuleType(name) for name in ("sqlalchemy", "sqlalchemy.exc", "database"))
exc.IntegrityError = type("IntegrityError", (Exception,), {})
database.execute, database.number_of = execute, None
sys.modules.update({"sqlalchemy": sqlalchemy, "sqlalchemy.exc": exc, "database": database})
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
import entries
def judge(action, value):
    try:
        action(value)
    except Reached:
        return None
    except entries.BadRequest as error:
        return [error.status, str(error)]
given = json.load(sys.stdin)
print(json.dumps([judge(entries.add_entry, body) for body in given["bodies"]]
    + [judge(entries.list_entries, query) for query in given["queries"]]
    + [judge(entries.read_entry, id) for id in given["ids"]]))
`;

needs('python3')('both applications refuse the same input in the same words', async (t) => {
  const input = JSON.stringify({ bodies, queries, ids });
  const said = await must(['python3', '-c', program, python], { input, timeoutMs: 20_000 });
  const verdicts = await verdictsOfNode();
  t.deepEqual(JSON.parse(said), verdicts);
  const passed = verdicts.filter((verdict) => verdict === null).length;
  t.is(passed, 3 + 6 + 3);
});

needs('python3')('the Python application is sound Python', async (t) => {
  const check =
    'import ast, pathlib, sys; [ast.parse(p.read_text("utf-8"), str(p)) for p in pathlib.Path(sys.argv[1]).glob("*.py")]';
  await t.notThrowsAsync(must(['python3', '-c', check, python], { timeoutMs: 20_000 }));
});

test('both applications listen for the same requests', async (t) => {
  const { readFile } = await import('node:fs/promises');
  const inNode = await readFile(join(node, '../server.js'), 'utf8');
  const inPython = await readFile(join(python, 'app.py'), 'utf8');
  const nodeRoutes = [...inNode.matchAll(/'(\/api\/[\w/]+)': \{ ([^}]+) \}/g)].flatMap(([, path, methods = '']) =>
    [...methods.matchAll(/([A-Z]+):/g)].map(([, method]) => `${method} ${path}`),
  );
  const pythonRoutes = [...inPython.matchAll(/@route\("([^"]+)", "([A-Z]+)"\)/g)].map(
    ([, path, way]) => `${way} ${path?.replace('<entry_id>', 'ID')}`,
  );
  t.deepEqual(nodeRoutes.sort(), pythonRoutes.sort());
  t.is(nodeRoutes.length, 5);
});
