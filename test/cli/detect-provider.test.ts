import test from 'ava';
import { hindrance, preferredProvider } from '../../src/cli/detect-provider.js';

test('VirtualBox is chosen with Vagrant or where containers cannot be; else containers', (t) => {
  const chosen = (platform: NodeJS.Platform, virtualbox: boolean, vagrant: boolean) =>
    preferredProvider({ platform, virtualbox, vagrant });
  t.is(chosen('linux', true, true), 'virtualbox');
  t.is(chosen('linux', true, false), 'container');
  t.is(chosen('linux', false, true), 'container');
  t.is(chosen('darwin', false, false), 'virtualbox');
});

test('what a provider lacks here is known by name', (t) => {
  const windows = { platform: 'win32', virtualbox: false, vagrant: true } as const;
  t.is(hindrance('virtualbox', windows), 'VirtualBox is not on this computer');
  t.is(hindrance('container', windows), 'it needs Linux');
  t.is(hindrance('libvirt', windows), 'it needs Linux');
  const linux = { platform: 'linux', virtualbox: false, vagrant: false } as const;
  t.is(hindrance('virtualbox', linux), 'VirtualBox and Vagrant are not on this computer');
  t.is(hindrance('libvirt', linux), 'Vagrant is not on this computer');
  t.is(hindrance('container', linux), undefined);
  t.is(hindrance('virtualbox', { ...linux, virtualbox: true, vagrant: true }), undefined);
});
