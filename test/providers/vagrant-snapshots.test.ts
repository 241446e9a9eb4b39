import test from 'ava';
import { snapshotsIn } from '../../src/providers/vagrant/hypervisors/virtualbox.js';

test('every snapshot of the tree is read with its own id, wherever it stands', (t) => {
  const lines = [
    'SnapshotName="base"',
    'SnapshotUUID="u-1"',
    'SnapshotDescription="SnapshotName=none"',
    'SnapshotName-1="mine"',
    'SnapshotUUID-1="u-2"',
    'SnapshotName-1-1="provisioned"',
    'SnapshotUUID-1-1="u-3"',
    'SnapshotName-2="a \\"quoted\\" one"',
    'SnapshotUUID-2="u-4"',
    'CurrentSnapshotName="provisioned"',
    'CurrentSnapshotUUID="u-3"',
    'CurrentSnapshotNode="SnapshotName-1-1"',
  ];
  const expected = [
    { name: 'base', uuid: 'u-1' },
    { name: 'mine', uuid: 'u-2' },
    { name: 'provisioned', uuid: 'u-3' },
    { name: 'a \\"quoted\\" one', uuid: 'u-4' },
  ];
  for (const end of ['\n', '\r\n']) t.deepEqual(snapshotsIn(lines.join(end)), expected);
});

test('no snapshots are none', (t) => {
  t.deepEqual(snapshotsIn(''), []);
});
