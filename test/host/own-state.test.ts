import { posix, win32 } from 'node:path';
import test from 'ava';
import { stateFolderOf } from '../../src/host/own-state.js';

const ada = { root: false, env: {}, home: '/home/ada' };

test('what Quintet remembers lies in no lab folder, where each system wants it', (t) => {
  t.is(stateFolderOf({ ...ada, root: true, platform: 'linux' }, posix), '/var/lib/quintet');
  t.is(stateFolderOf({ ...ada, platform: 'linux' }, posix), '/home/ada/.local/state/quintet');
  t.is(stateFolderOf({ ...ada, platform: 'linux', env: { XDG_STATE_HOME: '/s' } }, posix), '/s/quintet');
  t.is(
    stateFolderOf({ ...ada, platform: 'linux', env: { XDG_STATE_HOME: 's' } }, posix),
    '/home/ada/.local/state/quintet',
  );
  t.is(stateFolderOf({ ...ada, platform: 'darwin' }, posix), '/home/ada/Library/Application Support/Quintet');
  const windows = { root: false, platform: 'win32' as const, home: 'C:\\Users\\Ada' };
  t.is(stateFolderOf({ ...windows, env: { LOCALAPPDATA: 'D:\\local' } }, win32), 'D:\\local\\Quintet');
  t.is(stateFolderOf({ ...windows, env: {} }, win32), 'C:\\Users\\Ada\\AppData\\Local\\Quintet');
});
