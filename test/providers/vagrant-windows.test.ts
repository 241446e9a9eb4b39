import test from 'ava';
import { sharingOptions } from '../../src/providers/vagrant/ssh.js';

test("Windows' ssh is told of no socket to share", (t) => {
  t.deepEqual(sharingOptions('win32', '/tmp/quintet-0/aaaa0000-web', 'no'), ['-o', 'ControlPath=none']);
  t.deepEqual(sharingOptions('darwin', '/tmp/quintet-501/aaaa0000-web', 'yes'), [
    ...['-o', 'ControlPath=/tmp/quintet-501/aaaa0000-web'],
    ...['-o', 'ControlMaster=yes'],
  ]);
});
