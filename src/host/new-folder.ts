import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../model/errors.js';
import { ensureDir, exists, moveTo, namesIn, readIfAny, removeTree, writeFileAtomic } from './files.js';
import { isAlive } from './process.js';

/** A kind of folder that is there as a whole or not at all. */
export interface FolderKind {
  /** The file that goes in last: a folder without it is none of this kind. */
  readonly marker: string;
  /** How the names of temporary folders begin. */
  readonly prefix: string;
  /** What to say where there is one already. */
  readonly taken: (folder: string) => InputError;
}

/** What may be in a folder that still counts as empty. */
const unimportant = new Set(['.git', '.DS_Store']);

/**
 * Makes a whole folder or nothing: `fill` writes into a temporary folder, which then takes its place. A folder that is
 * there already must be empty (its own inode is kept: a shell may be standing in it, a stick may be mounted on it).
 * With `replace`, one of the same kind is replaced when the new one is whole.
 * Throws an InputError when the folder holds anything else.
 */
export const createFolder = async (
  kind: FolderKind,
  folder: string,
  fill: (temporary: string) => Promise<void>,
  { replace = false }: { readonly replace?: boolean } = {},
): Promise<void> => {
  const target = resolve(folder);
  const old = replace && (await exists(join(target, kind.marker)));
  if (old) await removeLeftSiblings(kind, target);
  else await assertFreeFor(kind, target);
  const inPlace = !old && (await exists(target));
  const temporary = inPlace ? join(target, `${kind.prefix}${process.pid}`) : sibling(kind, target, '');
  await ensureDir(temporary, 0o755);
  try {
    await fill(temporary);
    if (inPlace) await moveUp(kind, temporary, target);
    else if (old) await exchange(temporary, target, sibling(kind, target, 'old-'));
    else await moveTo(temporary, target);
  } finally {
    await removeTree(temporary);
  }
};

/** Throws an InputError when no such folder can be made there; removes what a killed attempt left. */
export const assertFreeFor = async (kind: FolderKind, folder: string): Promise<void> => {
  const target = resolve(folder);
  await removeLeftSiblings(kind, target);
  await undoHalfMoved(kind, target);
  const names = (await namesIn(target)).filter((name) => !unimportant.has(name));
  if (names.length === 0) return;
  if (await exists(join(target, kind.marker))) throw kind.taken(folder);
  const some = names.slice(0, 3).join(', ') + (names.length > 3 ? `, and ${names.length - 3} more` : '');
  throw new InputError(`${folder} is not empty (${some}).`, { hint: 'Choose a new or empty folder.' });
};

const siblingPrefix = ({ prefix }: FolderKind, target: string) => `.${basename(target)}${prefix}`;

const sibling = (kind: FolderKind, target: string, infix: string) =>
  join(dirname(target), `${siblingPrefix(kind, target)}${infix}${process.pid}`);

const exchange = async (temporary: string, target: string, aside: string): Promise<void> => {
  await moveTo(target, aside);
  await moveTo(temporary, target);
  await removeTree(aside);
};

/** The marker goes last. The list of names is what lets a later run undo half a move. */
const moveUp = async ({ marker }: FolderKind, temporary: string, target: string): Promise<void> => {
  const names = (await namesIn(temporary)).sort((a, b) => Number(a === marker) - Number(b === marker));
  await writeFileAtomic(join(temporary, 'moving.json'), JSON.stringify(names));
  for (const name of names) await moveTo(join(temporary, name), join(target, name));
};

const undoHalfMoved = async ({ marker, prefix }: FolderKind, target: string): Promise<void> => {
  const left = (await namesIn(target)).filter((name) => name.startsWith(prefix) && !isMaking(name));
  for (const name of left) {
    const moving = JSON.parse((await readIfAny(join(target, name, 'moving.json'))) ?? '[]') as string[];
    if (!(await exists(join(target, marker)))) {
      const staying = new Set(await namesIn(join(target, name)));
      for (const moved of moving) if (!staying.has(moved)) await removeTree(join(target, moved));
    }
    await removeTree(join(target, name));
  }
};

const removeLeftSiblings = async (kind: FolderKind, target: string): Promise<void> => {
  const names = await namesIn(dirname(target));
  const left = names.filter((name) => name.startsWith(siblingPrefix(kind, target)) && !isMaking(name));
  for (const name of left) await removeTree(join(dirname(target), name));
};

/** Whether another process that made this temporary folder still runs. */
const isMaking = (name: string): boolean => {
  const pid = Number(name.slice(name.lastIndexOf('-') + 1));
  return pid !== process.pid && isAlive(pid);
};
