import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { labId, writeLabFile } from '../../src/host/lab-folder.js';
import { createLabFolder } from '../../src/host/lab-folder-new.js';
import { InputError } from '../../src/model/errors.js';
import { temporaryFolder } from '../rig/temporary.js';

const fill = async (folder: string) => {
  await writeLabFile(folder, '.quintet/secret', 's');
  await writeLabFile(folder, 'machines/web/provision.sh', 'true\n');
  await writeLabFile(folder, 'lab.yaml', 'name: a\n');
};
const names = async (folder: string) => (await readdir(folder)).sort();
const whole = ['.quintet', 'lab.yaml', 'machines'];
/** No process has this id: it is above the largest that Linux gives out. */
const deadProcess = 2 ** 22 + 1;

test('a lab’s id is made once and stays', async (t) => {
  const folder = await temporaryFolder(t);
  const id = await labId(folder);
  t.regex(id, /^[0-9a-f]{8}$/);
  t.is(await labId(folder), id);
});

test('a damaged id is made anew', async (t) => {
  const folder = await temporaryFolder(t);
  await writeLabFile(folder, '.quintet/id', '');
  t.regex(await labId(folder), /^[0-9a-f]{8}$/);
});

test('a new lab appears as a whole', async (t) => {
  const parent = await temporaryFolder(t);
  await createLabFolder(join(parent, 'lab'), async (temporary) => {
    t.not(temporary, join(parent, 'lab'));
    await fill(temporary);
    t.false((await names(parent)).includes('lab'));
  });
  t.deepEqual(await names(parent), ['lab']);
  t.deepEqual(await names(join(parent, 'lab')), whole);
});

test('folders above it are made', async (t) => {
  const parent = await temporaryFolder(t);
  await createLabFolder(join(parent, 'labs/mine'), fill);
  t.deepEqual(await names(join(parent, 'labs')), ['mine']);
});

test('an empty folder is filled in place', async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, '.git'));
  await createLabFolder(folder, fill);
  t.deepEqual(await names(folder), ['.git', ...whole].sort());
});

for (const existing of [false, true]) {
  test(`a failure leaves nothing in ${existing ? 'an empty' : 'a new'} folder`, async (t) => {
    const parent = await temporaryFolder(t);
    const folder = join(parent, 'lab');
    if (existing) await mkdir(folder);
    const broken = createLabFolder(folder, async (temporary) => {
      await fill(temporary);
      throw new Error('full');
    });
    await t.throwsAsync(broken, { message: 'full' });
    t.deepEqual(await names(parent), existing ? ['lab'] : []);
    if (existing) t.deepEqual(await names(folder), []);
  });
}

test('a folder with something in it is refused and left alone', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'thesis.doc'), 'years of work');
  const error = await t.throwsAsync(createLabFolder(folder, fill), { instanceOf: InputError });
  t.true(error.message.includes('thesis.doc'));
  t.deepEqual(await names(folder), ['thesis.doc']);
});

test('a lab is not made over a lab', async (t) => {
  const folder = await temporaryFolder(t);
  await createLabFolder(folder, fill);
  const error = await t.throwsAsync(createLabFolder(folder, fill), { instanceOf: InputError });
  t.regex(error.message, /is a lab already/);
});

test('what a killed attempt left beside a new folder is cleared away', async (t) => {
  const parent = await temporaryFolder(t);
  const left = join(parent, `.lab.quintet-new-${deadProcess}`);
  await mkdir(left);
  await fill(left);
  await createLabFolder(join(parent, 'lab'), fill);
  t.deepEqual(await names(parent), ['lab']);
});

test('half a move into an empty folder is undone, except for what the user put there since', async (t) => {
  const folder = await temporaryFolder(t);
  const left = join(folder, `.quintet-new-${deadProcess}`);
  await mkdir(left);
  await writeFile(join(left, 'moving.json'), JSON.stringify(['machines', 'Vagrantfile', 'lab.yaml']));
  await writeFile(join(left, 'Vagrantfile'), '');
  await writeFile(join(left, 'lab.yaml'), '');
  await mkdir(join(folder, 'machines'));
  await createLabFolder(folder, fill);
  t.deepEqual(await names(folder), whole);
  t.is(await readFile(join(folder, 'lab.yaml'), 'utf8'), 'name: a\n');
});

test('a temporary folder of a process that still runs is not touched', async (t) => {
  const parent = await temporaryFolder(t);
  const busy = `.lab.quintet-new-${process.ppid}`;
  await mkdir(join(parent, busy));
  await createLabFolder(join(parent, 'lab'), fill);
  t.deepEqual(await names(parent), [busy, 'lab'].sort());
});
