import test from 'ava';
import { detectionWords, preferredProvider, programPaths } from '../../src/cli/detect-provider.js';

test('VirtualBox is chosen with Vagrant or where containers cannot be; else containers', (t) => {
  const chosen = (platform: NodeJS.Platform, virtualbox: boolean, vagrant: boolean) =>
    preferredProvider({ platform, virtualbox, vagrant });
  t.is(chosen('linux', true, true), 'virtualbox');
  t.is(chosen('linux', true, false), 'container');
  t.is(chosen('linux', false, true), 'container');
  t.is(chosen('darwin', false, false), 'virtualbox');
  t.regex(
    detectionWords({ platform: 'win32', virtualbox: false, vagrant: true }),
    /VirtualBox must still be installed/,
  );
});

test('on Windows a program is looked for with its endings in folders parted by semicolons', (t) => {
  const env = { Path: 'C:\\HashiCorp\\Vagrant\\bin;C:\\Program Files\\Git\\cmd' };
  const paths = programPaths('vagrant', env, 'win32', ['D:\\more']);
  t.is(paths.length, 9);
  t.true(paths.includes('C:\\HashiCorp\\Vagrant\\bin\\vagrant.exe'));
  t.true(paths.includes('C:\\Program Files\\Git\\cmd\\vagrant.cmd'));
  t.true(paths.includes('D:\\more\\vagrant.bat'));
});

test('elsewhere a program is looked for by its bare name in folders parted by colons', (t) => {
  t.deepEqual(programPaths('vagrant', { PATH: '/usr/bin:/opt/a b/bin:' }, 'darwin'), [
    '/usr/bin/vagrant',
    '/opt/a b/bin/vagrant',
  ]);
});
