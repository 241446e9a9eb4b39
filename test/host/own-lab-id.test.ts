import { cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { exists } from '../../src/host/files.js';
import { writeLabFile } from '../../src/host/lab-folder.js';
import { ownLabId } from '../../src/host/own-lab-id.js';
import { temporaryFolder } from '../rig/temporary.js';

const labs = async (t: ExecutionContext) => {
  const room = await temporaryFolder(t);
  const lab = join(room, 'lab');
  await mkdir(lab);
  const copies: string[] = [];
  const id = (folder: string) => ownLabId(folder, (original) => copies.push(original));
  return { room, lab, copies, id, first: await id(lab) };
};

test('an id is made once and stays', async (t) => {
  const { lab, id, first, copies } = await labs(t);
  t.regex(first, /^[0-9a-f]{8}$/);
  t.is(await id(lab), first);
  t.deepEqual(copies, []);
});

test('it goes with a folder that is moved, again and again', async (t) => {
  const { room, lab, id, first, copies } = await labs(t);
  await rename(lab, join(room, 'second'));
  t.is(await id(join(room, 'second')), first);
  await rename(join(room, 'second'), join(room, 'third'));
  t.is(await id(join(room, 'third')), first);
  t.deepEqual(copies, []);
});

test('a copy gets one of its own, and forgets the machines and the secrets of the original', async (t) => {
  const { room, lab, id, first, copies } = await labs(t);
  const known = ['.quintet/state.json', '.quintet/faults.json', '.quintet/ssh/web.conf', '.vagrant/machines/web'];
  const secrets = ['.quintet/ca/ca.key', '.quintet/machines/db/etc/quintet/database.password'];
  const kept = ['.quintet/generated.json', 'lab.yaml'];
  for (const path of [...known, ...secrets, ...kept]) await writeLabFile(lab, path, 'of the original\n');
  const copy = join(room, 'copy');
  await cp(lab, copy, { recursive: true });
  const own = await id(copy);
  t.not(own, first);
  t.deepEqual(copies, [lab]);
  for (const path of [...known, ...secrets]) t.false(await exists(join(copy, path)), path);
  for (const path of kept) t.true(await exists(join(copy, path)), path);
  for (const path of [...known, ...secrets]) t.true(await exists(join(lab, path)), path);
  t.is(await id(copy), own);
  t.is(await id(lab), first);
  t.is(copies.length, 1);
});

test('a copy that outlives its original is that lab', async (t) => {
  const { room, lab, id, first, copies } = await labs(t);
  await cp(lab, join(room, 'copy'), { recursive: true });
  await rm(lab, { recursive: true });
  t.is(await id(join(room, 'copy')), first);
  t.deepEqual(copies, []);
});

test('another name for the same folder is no copy', async (t) => {
  const { room, lab, id, first, copies } = await labs(t);
  await symlink(lab, join(room, 'link'));
  t.is(await id(join(room, 'link')), first);
  t.deepEqual(copies, []);
});

test('a lab from before the place was written down keeps its id', async (t) => {
  const { lab, id, first } = await labs(t);
  await rm(join(lab, '.quintet', 'place'));
  t.is(await id(lab), first);
  t.is(await readFile(join(lab, '.quintet', 'place'), 'utf8'), `${lab}\n`);
});

test('a place that became something else does not matter', async (t) => {
  const { room, lab, id, first } = await labs(t);
  await rename(lab, join(room, 'moved'));
  await writeFile(lab, 'a file\n');
  t.is(await id(join(room, 'moved')), first);
});
