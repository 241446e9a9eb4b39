import { posix, win32 } from 'node:path';
import test from 'ava';
import { inside } from '../../src/host/lab-door.js';
import { labFile, labPaths } from '../../src/host/lab-folder.js';
import { pathIn } from '../../src/host/templates.js';

const folder = 'C:\\Users\\Ada Lovelace\\my lab';

test('the parts of a lab folder on Windows lie where Windows looks for them', (t) => {
  const at = (path: string) => inside(folder, path, win32);
  t.is(at(labFile), `${folder}\\lab.yaml`);
  t.is(at(labPaths.log('lb1')), `${folder}\\.quintet\\logs\\lb1.log`);
  t.deepEqual(labPaths.sources('web').map(at), [`${folder}\\machines\\web`, `${folder}\\.quintet\\machines\\web`]);
});

test('a generated file has the same name in a lab on every system', (t) => {
  const file = 'machines/lb1/etc/haproxy/haproxy.cfg';
  t.is(inside(folder, file, win32), `${folder}\\machines\\lb1\\etc\\haproxy\\haproxy.cfg`);
  t.is(inside('/home/ada/my lab', file, posix), `/home/ada/my lab/${file}`);
});

test('nothing that leads out of a lab on one system is taken for a path on another', (t) => {
  for (const file of ['/etc/passwd', '../other', 'a/../../b', '..\\other', 'C:other', 'a\\..\\..\\b', 'a/b:stream']) {
    t.throws(() => inside(folder, file, win32), { message: /not a path inside the lab/ }, file);
    t.throws(() => inside('/home/ada/lab', file, posix), { message: /not a path inside the lab/ }, file);
  }
});

test('templates are known by the same paths on every system', (t) => {
  t.is(pathIn('D:\\q\\templates', 'D:\\q\\templates\\web\\etc\\nginx.conf', win32), 'web/etc/nginx.conf');
  t.is(pathIn('/q/templates', '/q/templates/web/etc/nginx.conf', posix), 'web/etc/nginx.conf');
});
