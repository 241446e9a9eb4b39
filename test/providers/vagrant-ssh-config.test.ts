import test from 'ava';
import { run } from '../../src/host/command.js';
import { keptWay, type Way, wayIn, wayKept, waysOptions } from '../../src/providers/vagrant/ssh-config.js';
import { needs } from '../rig/needs.js';

/** As Vagrant's template writes it (templates/commands/ssh_config/config.erb). */
const told = (key: string): string => `Host web
  HostName 127.0.0.1
  User vagrant
  Port 2200
  PasswordAuthentication no
  IdentityFile ${key.includes(' ') ? `"${key}"` : key}
  IdentitiesOnly yes
`;

const keys = [
  '/home/ada/lab/private_key',
  '/home/ada/my lab/private_key',
  `/home/o'brien/"first"/private_key`,
  `/home/ada/it's "50 % done"/private_key`,
  '/home/ada/back\\slash $HOME/private_key',
  '/home/ada/50%/private_key',
];

const wayTold = (key: string): Way => wayIn(told(key)) ?? ({} as Way);

for (const key of keys) {
  needs('ssh')(`ssh reads the key ${key}`, async (t) => {
    const read = await run(['ssh', '-G', ...waysOptions(wayTold(key), 'linux'), 'web'], { timeoutMs: 10_000 });
    t.is(read.exitCode, 0, read.stderr);
    // ssh shows the path before it makes %% one again.
    t.is(/^identityfile (.*)$/m.exec(read.stdout)?.[1]?.replaceAll('%%', '%'), key);
    t.regex(read.stdout, /^port 2200$/m);
    t.regex(read.stdout, /^hostname 127\.0\.0\.1$/m);
    t.regex(read.stdout, /^user vagrant$/m);
  });
}

test('on Windows the paths stay as Vagrant tells them', (t) => {
  t.true(waysOptions(wayTold('C:/lab/private_key'), 'win32').includes('IdentityFile="C:/lab/private_key"'));
});

test('what was written down holds for that folder and that port alone', (t) => {
  const folder = '/home/ada/a\nb';
  const way = wayTold('/home/ada/keys/k');
  const keyFolders = ['/home/ada/keys'];
  const text = keptWay(folder, way);
  t.deepEqual(wayKept(text, { folder, keyFolders, port: 2200 }), way);
  t.deepEqual(wayKept(text, { folder, keyFolders, port: undefined }), way);
  t.is(wayKept(text, { folder, keyFolders, port: 2201 }), undefined);
  t.is(wayKept(text, { folder: '/home/ada/moved', keyFolders, port: 2200 }), undefined);
  t.is(wayKept(text, { folder, keyFolders: ['/home/ada/key'], port: 2200 }), undefined);
});

test('nothing but the way is taken of what Vagrant tells, nor of what was written down', (t) => {
  const way = wayIn(`${told('/k')}  ProxyCommand touch /tmp/x\n  LocalCommand id\n  Include /etc/passwd\n`);
  t.deepEqual(way, wayTold('/k'));
  t.is(wayIn(told('/k').replace('127.0.0.1', '-oProxyCommand=id')), undefined);
  t.is(wayIn(told('/k').replace('User vagrant', 'User -x')), undefined);
  const far = { ...wayTold('/k'), hostName: 'evil.example' };
  t.is(wayKept(keptWay('/lab', far), { folder: '/lab', keyFolders: ['/'], port: 2200 }), undefined);
});
