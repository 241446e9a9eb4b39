import test from 'ava';
import { vboxManageProgram, virtualboxFolders } from '../../src/providers/vagrant/vboxmanage.js';

const windows = {
  VBOX_MSI_INSTALL_PATH: 'D:\\Own Programs\\VirtualBox\\',
  ProgramFiles: 'C:\\Program Files',
  SystemDrive: 'C:',
};

test('on Windows VBoxManage is found where its installer says it is', (t) => {
  const program = 'D:\\Own Programs\\VirtualBox\\VBoxManage.exe';
  t.is(
    vboxManageProgram(windows, 'win32', (path) => path === program),
    program,
  );
});

test('on Windows the usual folder is looked into when the installer said nothing', (t) => {
  const program = 'C:\\Program Files\\Oracle\\VirtualBox\\VBoxManage.exe';
  t.is(
    vboxManageProgram({}, 'win32', (path) => path === program),
    program,
  );
  t.deepEqual(virtualboxFolders({ ProgramFiles: 'C:\\Program Files', VBOX_INSTALL_PATH: 'E:\\a;F:\\b' }, 'win32'), [
    'E:\\a',
    'F:\\b',
    'C:\\Program Files\\Oracle\\VirtualBox',
  ]);
});

test('what is not there, and every other system, is left to the PATH', (t) => {
  t.is(
    vboxManageProgram(windows, 'win32', () => false),
    'VBoxManage',
  );
  t.is(
    vboxManageProgram(windows, 'linux', () => true),
    'VBoxManage',
  );
});
