import test from 'ava';
import { aboutBundle, type BundleFacts, bundleReadme } from '../../src/render/bundle.js';

const common = { quintet: '1.2.3', node: '20.20.2', uname: 'Linux x86_64', lab: 'scale-up' };
const contained: BundleFacts = {
  ...common,
  packages: { release: 'debian 12', names: ['mmdebstrap', 'zstd'] },
  base: {
    keys: ['debian-13-0123', 'debian-13-0123+45'],
    title: 'Debian 13',
    file: 'base/debian-13-0123.tar.zst',
    bytes: 855_000_000,
  },
};
const boxed = (box: { name: string; isPublic: boolean }): BundleFacts => ({
  ...common,
  box: { provider: 'virtualbox', file: 'box/package.box', ...box },
});

test('the installer is told each fact in a line of its own', (t) => {
  t.is(
    aboutBundle(contained, 12),
    `files=12
quintet=1.2.3
node=20.20.2
uname=Linux x86_64
lab=scale-up
packages=mmdebstrap zstd
release=debian 12
base=debian-13-0123 debian-13-0123+45
base_file=base/debian-13-0123.tar.zst
base_bytes=855000000
`,
  );
});

test('a fact that would pass for two is refused', (t) => {
  const odd = boxed({ name: 'mine\nbase=x', isPublic: false });
  t.throws(() => aboutBundle(odd, 1), { message: /one line/ });
});

test('a bundle of containers says that Windows and macOS can’t use it', (t) => {
  const text = bundleReadme(contained);
  t.regex(text, /## On Windows and macOS\n\nNot with this bundle/);
  t.regex(text, /sudo sh install\.sh /);
  t.notRegex(text, /vagrant box add/);
});

test('a bundle with a box says what to do by hand, and what is not in it', (t) => {
  const text = bundleReadme(boxed({ name: 'my/baked box', isPublic: false }));
  t.regex(text, /vagrant box add --name 'my\/baked box' --provider virtualbox box\/package\.box/);
  t.regex(text, /Install Vagrant[\s\S]*They are\s+not in this folder/);
  t.notRegex(text, /sudo|needs a network/);
});

test('a public box is said to need a network still', (t) => {
  t.regex(bundleReadme(boxed({ name: 'bento/debian-13', isPublic: true })), /that needs a network/);
});

test('one from Windows does not point to the installer for other systems', (t) => {
  const text = bundleReadme({ ...boxed({ name: 'a', isPublic: false }), uname: 'Windows_NT x86_64' });
  t.notRegex(text, /sh install\.sh/);
});
