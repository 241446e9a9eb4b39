import test from 'ava';
import { choices, idsPerMachine, parseIdMap, parseSubordinateIds } from '../../src/providers/container/ids.js';

const everything = parseIdMap('         0          0 4294967295\n');

test('a machine always begins with the same ids, another one with others', (t) => {
  const [first] = choices('12ab/web', [everything], []);
  t.is(choices('12ab/web', [everything], [])[0], first);
  t.not(choices('12ab/db', [everything], [])[0], first);
  t.not(choices('34cd/web', [everything], [])[0], first);
});

test('all ids lie in what systemd leaves to containers, and none twice', (t) => {
  const all = choices('12ab/web', [everything], []);
  t.is(new Set(all).size, 28_664);
  t.is(Math.min(...all), 524_288);
  t.is(Math.max(...all) + idsPerMachine - 1, 1_879_048_191);
  t.true(all.every((first) => first % idsPerMachine === 0));
});

test('ids that somebody may give to other containers are left alone', (t) => {
  const reserved = parseSubordinateIds('# users\nada:100000:65536\nroot:1000000:1000000000\n\nbroken\n');
  t.deepEqual(reserved, [
    { first: 100_000, count: 65_536 },
    { first: 1_000_000, count: 1_000_000_000 },
  ]);
  const all = choices('12ab/web', [everything], reserved);
  t.true(all.length > 10_000);
  t.true(all.every((first) => first + idsPerMachine <= 1_000_000 || first >= 1_001_000_000));
});

test('in a container only ids that it has are taken, as users and as groups', (t) => {
  const some = parseIdMap('0 100000 65536\n524288 700000 200000\n');
  t.deepEqual([...choices('12ab/web', [everything, some], [])].sort(), [524_288, 589_824, 655_360]);
  t.deepEqual(choices('12ab/web', [parseIdMap('0 100000 65536')], []), []);
});
