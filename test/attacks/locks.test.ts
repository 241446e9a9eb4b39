import { setTimeout as delay } from 'node:timers/promises';
import { start } from '../../src/host/command.js';
import { lock } from '../../src/host/lock.js';
import { lockFolder } from '../../src/host/lock-place.js';
import { needs } from '../rig/needs.js';

/** Another account of this computer, that wants to keep its owner from working. */

const test = needs('root', 'setpriv');
const name = (title: string) => `test-attack-${process.pid}-${title}`;
const nobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];

/** A program of somebody else's, that has said a line. */
const somebody = async (program: string) => {
  const companion = start([...nobody, process.execPath, '-e', program]);
  const first = await companion.lines[Symbol.asyncIterator]().next();
  return { companion, said: String(first.value ?? '') };
};

test('whoever knows the name of a lock can’t hold it', async (t) => {
  // It was an abstract socket, which any account may listen on: "in use", for ever.
  const program = `require('net').createServer().listen('\\0quintet-${name('abstract')}', () => console.log('listens'))`;
  const { companion, said } = await somebody(program);
  t.is(said, 'listens');
  await (await lock(name('abstract'))).release();
  await companion.stop();
});

test('nor put one where locks are kept', async (t) => {
  const path = `${await lockFolder()}/${name('folder')}.00000000`;
  const program = `require('net').createServer().on('error', (e) => console.log(e.code)).listen(${JSON.stringify(path)}, () => console.log('listens'))`;
  const { companion, said } = await somebody(program);
  t.is(said, 'EACCES');
  await (await lock(name('folder'))).release();
  await companion.stop();
});

test('nor ask who holds one, or wait in its queue', async (t) => {
  const taken = await lock(name('ask'));
  const program = `
    const fs = require('fs');
    try { console.log(fs.readdirSync(${JSON.stringify(await lockFolder())}).length); } catch (e) { console.log(e.code); }`;
  const { companion, said } = await somebody(program);
  t.is(said, 'EACCES');
  await companion.stop();
  await taken.release();
});

test('the folder of another account’s locks is its own', async (t) => {
  const asked = await lockFolder({ XDG_RUNTIME_DIR: '/nowhere' }, 0);
  t.is(asked, '/run/quintet/locks');
  // A folder that the environment names, and that belongs to somebody else, is not used.
  const folder = await lockFolder({ XDG_RUNTIME_DIR: '/run' }, 65534).catch((error: Error) => error.message);
  t.false(folder.startsWith('/run/quintet'), folder);
});

test('a dead lock is taken by one of many, never by two', async (t) => {
  const program = `
    const net = require('net');
    net.createServer().listen(${JSON.stringify(`${await lockFolder()}/${name('stale')}.0000dead`)}, () => process.kill(process.pid, 'SIGKILL'));`;
  await start([process.execPath, '-e', program]).done;
  let inside = 0;
  let most = 0;
  const work = async () => {
    const taken = await lock(name('stale'), { wait: true });
    most = Math.max(most, ++inside);
    await delay(1);
    inside--;
    await taken.release();
  };
  await Promise.all(Array.from({ length: 12 }, work));
  t.is(most, 1);
});
