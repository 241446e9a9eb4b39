import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { forEntry, pathForEntry } from '../../src/model/site.js';

test('ID stands for the entry where it is a word of its own, whatever the id is', (t) => {
  t.is(forEntry('{"id":"ID","text":"VALID ID"}', 'a-1'), '{"id":"a-1","text":"VALID a-1"}');
  t.is(forEntry('/items/ID', '$&'), '/items/$&');
  t.is(pathForEntry('/items/ID?x=1', 'a/b'), '/items/a%2Fb?x=1');
});

/** Who asks the site knows what to ask for from the plan. */
const askers = ['src/campaign', 'src/check', 'src/cli', 'src/report', 'templates/web'];

test('no path of the application is known to whoever asks for it', (t) => {
  const knowing = askers.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => /\/api\/(health|entries)/.test(readFileSync(path, 'utf8'))),
  );
  t.deepEqual(knowing, []);
});
