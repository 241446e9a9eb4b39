import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { run } from '../../src/host/command.js';
import { configToKeep, isStillRight } from '../../src/providers/vagrant/ssh-config.js';
import { needs } from '../rig/needs.js';
import { temporaryFolder } from '../rig/temporary.js';

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

for (const key of keys) {
  needs('ssh')(`ssh reads the key ${key}`, async (t) => {
    const file = join(await temporaryFolder(t), 'web.conf');
    await writeFile(file, configToKeep('/home/ada/lab', told(key), 'linux'));
    const read = await run(['ssh', '-G', '-F', file, 'web'], { timeoutMs: 10_000 });
    t.is(read.exitCode, 0, read.stderr);
    // ssh shows the path before it makes %% one again.
    t.is(/^identityfile (.*)$/m.exec(read.stdout)?.[1]?.replaceAll('%%', '%'), key);
    t.regex(read.stdout, /^port 2200$/m);
  });
}

test('on Windows the paths stay as Vagrant tells them', (t) => {
  t.true(configToKeep('C:\\lab', told('C:/lab/private_key'), 'win32').endsWith(told('C:/lab/private_key')));
});

test('what was written down holds for that folder and that port alone', (t) => {
  const folder = '/home/ada/a\nb';
  const config = configToKeep(folder, told('/k'), 'linux');
  t.true(isStillRight(config, folder, 2200));
  t.true(isStillRight(config, folder, undefined));
  t.false(isStillRight(config, folder, 2201));
  t.false(isStillRight(config, '/home/ada/moved', 2200));
});
