import test from 'ava';
import { lacksKernelModule, versionIn, versionTrouble } from '../../src/providers/vagrant/versions.js';

const versions: readonly (readonly [text: string, version: readonly number[] | undefined])[] = [
  ['Vagrant 2.4.9\n', [2, 4, 9]],
  ['7.0.20r163906', [7, 0, 20]],
  ['7.1.4_Ubuntur165100', [7, 1, 4]],
  ['WARNING: The character device 6.12.1 does not exist\n7.2.0r1', [7, 2, 0]],
  [
    'WARNING: The vboxdrv kernel module\n         available for the current kernel (6.1.0-13-amd64) or\r\n7.0.20r1\r\n',
    [7, 0, 20],
  ],
  ['WARNING: it is not\navailable for the current kernel (6.1.0)', undefined],
  ['9.0', [9, 0, 0]],
  ['not a version', undefined],
];

for (const [text, version] of versions) {
  test(`the version in ${JSON.stringify(text)} is ${version?.join('.')}`, (t) => {
    t.deepEqual(versionIn(text), version);
  });
}

const pairs: readonly (readonly [vagrant: string, virtualbox: string, trouble: RegExp | undefined])[] = [
  ['2.3.4', '7.0.20r163906', undefined],
  ['2.3.4', '6.1.38_Debianr153438', undefined],
  ['2.3.1', '7.0.20r163906', /Vagrant 2\.3\.1 can't drive VirtualBox 7\.0\.20.* 2\.3\.2/],
  ['2.4.1', '7.1.4_Ubuntur165100', /takes Vagrant 2\.4\.2/],
  ['2.4.2', '7.1.4_Ubuntur165100', undefined],
  ['2.4.8', '7.2.0r1', /takes Vagrant 2\.4\.9/],
  ['2.4.9', '7.2.0r1', undefined],
  ['2.4.9', '7.10.0r1', undefined],
  ['2.4.8', '8.0.0r1', /takes Vagrant 2\.4\.9/],
  ['2.4.9', '5.2.44r1', /VirtualBox 5\.2\.44 is too old/],
  ['2.2.6', '6.1.38r1', /Vagrant 2\.2\.6 is too old/],
  ['2.4.9', 'WARNING: The vboxdrv kernel module is not loaded.\n7.1.4r165100', /VirtualBox does not work: The vboxdrv/],
  ['2.4.9', 'The vboxdrv kernel module is not loaded', /VirtualBox does not work: The vboxdrv/],
];

for (const [vagrant, virtualbox, trouble] of pairs) {
  test(`Vagrant ${vagrant} and VirtualBox ${virtualbox} ${trouble ? 'do not go together' : 'go together'}`, (t) => {
    const found = versionTrouble('virtualbox', `Vagrant ${vagrant}\n`, virtualbox);
    if (trouble === undefined) t.is(found, undefined);
    else {
      t.regex(found?.what ?? '', trouble);
      t.truthy(found?.hint);
    }
  });
}

test('libvirt has no such pairs', (t) => {
  t.is(versionTrouble('libvirt', 'Vagrant 2.3.4', '9.0.0'), undefined);
});

test('a VirtualBox without its kernel module is told by its warnings', (t) => {
  t.true(
    lacksKernelModule('WARNING: The vboxdrv kernel module is not loaded. Either there is no module\n7.0.20r163906'),
  );
  t.true(lacksKernelModule('WARNING: The character device /dev/vboxdrv does not exist.\n6.1.38_Debianr153438'));
  t.false(lacksKernelModule('7.0.20r163906\n'));
});
