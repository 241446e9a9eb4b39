import test from 'ava';
import { wasNoProgram } from '../../src/host/command.js';
import { canStart, programPaths } from '../../src/host/program.js';

test('on Windows a program is looked for with its endings in folders parted by semicolons', (t) => {
  const env = { Path: 'C:\\HashiCorp\\Vagrant\\bin;C:\\Program Files\\Git\\cmd' };
  const paths = programPaths('vagrant', env, 'win32', ['D:\\more']);
  t.is(paths.length, 12);
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

test('a program that is named with its ending or its place is looked for nowhere else', (t) => {
  t.true(programPaths('route.exe', { PATH: 'C:\\Windows' }, 'win32').includes('C:\\Windows\\route.exe'));
  const manage = 'C:\\Program Files\\Oracle\\VirtualBox\\VBoxManage.exe';
  t.is(programPaths(manage, { PATH: 'C:\\Windows' }, 'win32')[0], manage);
  t.false(programPaths(manage, { PATH: 'C:\\Windows' }, 'win32').some((path) => path.startsWith('C:\\Windows')));
  t.deepEqual(programPaths('/usr/sbin/sysctl', { PATH: '/usr/bin' }, 'darwin'), ['/usr/sbin/sysctl']);
});

const on = (...files: string[]) => ({
  env: { PATH: 'C:\\bin', PATHEXT: '.EXE;.CMD' },
  isThere: async (path: string) => files.includes(path),
});

test('on Windows a program that is not there is told from one that failed', async (t) => {
  const { env, isThere } = on('C:\\bin\\vagrant.exe');
  t.true(await canStart('vagrant', env, 'win32', [], isThere));
  t.false(await wasNoProgram('vagrant', 1, env, 'win32', isThere), 'it is there and failed');
  t.true(await wasNoProgram('VBoxManage', 1, env, 'win32', isThere));
  t.false(await wasNoProgram('VBoxManage', 2, env, 'win32', isThere));
  t.false(await wasNoProgram('VBoxManage', 1, { PATH: '/usr/bin' }, 'linux', isThere), 'elsewhere the system says so');
});
