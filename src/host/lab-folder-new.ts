import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../model/errors.js';
import { ensureDir, exists, moveTo, namesIn, readIfAny, removeTree, writeFileAtomic } from './files.js';
import { isLab, labFile } from './lab-folder.js';
import { isAlive } from './process.js';

/** What may be in a folder that still counts as empty. */
const unimportant = new Set(['.git', '.DS_Store']);

/**
 * Makes a whole lab folder or nothing: `fill` writes into a temporary folder, which then takes its place. A folder that
 * is there already must be empty (its own inode is kept: a shell may be standing in it).
 * Throws an InputError when the folder holds anything else.
 */
export const createLabFolder = async (folder: string, fill: (temporary: string) => Promise<void>): Promise<void> => {
  const target = resolve(folder);
  await assertFree(target);
  const there = await exists(target);
  const temporary = there ? join(target, `${prefix}${process.pid}`) : sibling(target);
  await ensureDir(temporary, 0o755);
  try {
    await fill(temporary);
    if (there) await moveUp(temporary, target);
    else await moveTo(temporary, target);
  } finally {
    await removeTree(temporary);
  }
};

/** Throws an InputError when a lab can't be made there; removes what a killed attempt left. */
export const assertFree = async (folder: string): Promise<void> => {
  const target = resolve(folder);
  await removeLeftSiblings(target);
  await undoHalfMoved(target);
  const names = (await namesIn(target)).filter((name) => !unimportant.has(name));
  if (names.length === 0) return;
  if (await isLab(target)) {
    throw new InputError(`${folder} is a lab already.`, {
      hint: 'quintet generate writes its files again from lab.yaml; quintet up brings it up.',
    });
  }
  const some = names.slice(0, 3).join(', ') + (names.length > 3 ? `, and ${names.length - 3} more` : '');
  throw new InputError(`${folder} is not empty (${some}).`, { hint: 'Choose a new or empty folder.' });
};

const prefix = '.quintet-new-';
const sibling = (target: string) => join(dirname(target), `.${basename(target)}${prefix}${process.pid}`);

/** `lab.yaml` goes last: a folder without it is no lab. The list of names is what lets a later run undo half a move. */
const moveUp = async (temporary: string, target: string): Promise<void> => {
  const names = (await namesIn(temporary)).sort((a, b) => Number(a === labFile) - Number(b === labFile));
  await writeFileAtomic(join(temporary, 'moving.json'), JSON.stringify(names));
  for (const name of names) await moveTo(join(temporary, name), join(target, name));
};

const undoHalfMoved = async (target: string): Promise<void> => {
  const left = (await namesIn(target)).filter((name) => name.startsWith(prefix) && !isMaking(name));
  for (const name of left) {
    const moving = JSON.parse((await readIfAny(join(target, name, 'moving.json'))) ?? '[]') as string[];
    if (!(await isLab(target))) {
      const staying = new Set(await namesIn(join(target, name)));
      for (const moved of moving) if (!staying.has(moved)) await removeTree(join(target, moved));
    }
    await removeTree(join(target, name));
  }
};

const removeLeftSiblings = async (target: string): Promise<void> => {
  const names = await namesIn(dirname(target));
  const left = names.filter((name) => name.startsWith(`.${basename(target)}${prefix}`) && !isMaking(name));
  for (const name of left) await removeTree(join(dirname(target), name));
};

/** Whether another process that made this temporary folder still runs. */
const isMaking = (name: string): boolean => {
  const pid = Number(name.slice(name.lastIndexOf('-') + 1));
  return pid !== process.pid && isAlive(pid);
};
