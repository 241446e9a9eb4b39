import test from 'ava';
import { sharingOptions } from '../../src/providers/vagrant/ssh.js';
import { forMachine } from '../../src/providers/vagrant/upload.js';

test("Windows' ssh is told of no socket to share", (t) => {
  t.deepEqual(sharingOptions('win32', '/tmp/quintet-0/aaaa0000-web', 'no'), ['-o', 'ControlPath=none']);
  t.deepEqual(sharingOptions('darwin', '/tmp/quintet-501/aaaa0000-web', 'yes'), [
    ...['-o', 'ControlPath=/tmp/quintet-501/aaaa0000-web'],
    ...['-o', 'ControlMaster=yes'],
  ]);
});

const bytes = (text: string) => Buffer.from(text);

test('what was edited on Windows reaches a machine with plain line ends, and all else as it is', (t) => {
  const edited = bytes('#!/bin/bash\r\necho "é"\r\n');
  t.is(Buffer.from(forMachine(edited, 'win32')).toString(), '#!/bin/bash\necho "é"\n');
  t.is(Buffer.from(forMachine(edited, 'linux')).toString(), '#!/bin/bash\r\necho "é"\r\n');
  const binary = bytes('PNG\r\n\0\r\n');
  t.deepEqual(forMachine(binary, 'win32'), binary);
});
