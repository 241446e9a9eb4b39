import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../model/errors.js';
import { isCaller, type Owner, ownerIn, sudoUser } from './caller.js';
import { ensureDir, exists } from './files.js';
import { OpenFolder } from './open-folder.js';
import { isAlive } from './process.js';

/** A kind of folder that is there as a whole or not at all. */
export interface FolderKind {
  /** The file that goes in last: a folder without it is none of this kind. */
  readonly marker: string;
  /** How the names of temporary folders begin. */
  readonly prefix: string;
  /** What such a folder may have in it when it is new: nothing else is ever moved, or moved back. */
  readonly parts: readonly string[];
  /** What to say where there is one already. */
  readonly taken: (folder: string) => InputError;
}

/** What may be in a folder that still counts as empty. */
const unimportant = new Set(['.git', '.DS_Store']);

/** The names of what is moved, for a later run that finds half of it moved. */
const movingFile = 'moving.json';
const mostBytes = 64 * 1024;

/**
 * Makes a whole folder or nothing: `fill` writes into a temporary folder, which then takes its place. A folder that is
 * there already must be empty (its own inode is kept: a shell may be standing in it, a stick may be mounted on it).
 * With `replace`, one of the same kind is replaced when the new one is whole.
 * Throws an InputError when the folder holds anything else. What root makes in somebody's folder is that somebody's.
 */
export const createFolder = async (
  kind: FolderKind,
  folder: string,
  fill: (temporary: string) => Promise<void>,
  { replace = false }: { readonly replace?: boolean } = {},
): Promise<void> => {
  const target = resolve(folder);
  const old = replace && (await exists(join(target, kind.marker)));
  if (old) removeLeftSiblings(kind, target);
  else await assertFreeFor(kind, target);
  const inPlace = !old && (await exists(target));
  await ensureDir(dirname(target));
  await inside(inPlace ? target : dirname(target), async (above) => {
    const name = inPlace ? `${kind.prefix}${process.pid}` : sibling(kind, target, '');
    const temporary = above.madeFolder(name, 0o755);
    try {
      const owner = ownerOf(above, inPlace);
      if (owner !== undefined) temporary.giveAll(owner);
      await fill(join(above.path, name));
      requireSame(above, name, temporary);
      if (owner !== undefined) temporary.giveAll(owner);
      if (inPlace) await moveUp(kind, temporary, above);
      else if (old) await exchange(above, name, basename(target), sibling(kind, target, 'old-'));
      else await above.move(name, above, basename(target));
    } finally {
      temporary.close();
      above.remove(name);
    }
  });
};

/** Somebody's own folder that root works in, or the one of who called Quintet by sudo. */
const ownerOf = ({ stats }: OpenFolder, inPlace: boolean): Owner | undefined =>
  inPlace || stats.uid === sudoUser()?.uid ? ownerIn(stats) : undefined;

const inside = async <T>(path: string, work: (folder: OpenFolder) => Promise<T>): Promise<T> => {
  const folder = OpenFolder.open(path);
  if (folder === undefined) throw new InputError(`There is no folder ${path}.`);
  try {
    return await work(folder);
  } finally {
    folder.close();
  }
};

/** Whoever may write in the folder above could have put another one in its place. */
const requireSame = (above: OpenFolder, name: string, folder: OpenFolder): void => {
  const found = above.look(name);
  if (found?.ino === folder.stats.ino && found.dev === folder.stats.dev) return;
  throw new InputError(`${above.shown(name)} was replaced by another folder while Quintet wrote it.`);
};

/** Throws an InputError when no such folder can be made there; removes what a killed attempt left. */
export const assertFreeFor = async (kind: FolderKind, folder: string): Promise<void> => {
  const target = resolve(folder);
  removeLeftSiblings(kind, target);
  const names = OpenFolder.open(target)?.use((found) => {
    undoHalfMoved(kind, found);
    return found.names().filter((name) => !unimportant.has(name));
  });
  if (names === undefined || names.length === 0) return;
  if (names.includes(kind.marker)) throw kind.taken(folder);
  const some = names.slice(0, 3).join(', ') + (names.length > 3 ? `, and ${names.length - 3} more` : '');
  throw new InputError(`${folder} is not empty (${some}).`, { hint: 'Choose a new or empty folder.' });
};

const siblingPrefix = ({ prefix }: FolderKind, target: string) => `.${basename(target)}${prefix}`;

const sibling = (kind: FolderKind, target: string, infix: string) =>
  `${siblingPrefix(kind, target)}${infix}${process.pid}`;

const exchange = async (above: OpenFolder, name: string, target: string, aside: string): Promise<void> => {
  await above.move(target, above, aside);
  await above.move(name, above, target);
  above.remove(aside);
};

/** The marker goes last. The list of names is what lets a later run undo half a move. */
const moveUp = async ({ marker, parts }: FolderKind, temporary: OpenFolder, target: OpenFolder): Promise<void> => {
  const names = temporary.names().sort((a, b) => Number(a === marker) - Number(b === marker));
  const strange = names.find((name) => !parts.includes(name));
  if (strange !== undefined) throw new Error(`not a part of such a folder: ${strange}`);
  await temporary.write(movingFile, JSON.stringify(names), 0o644);
  for (const name of names) await temporary.move(name, target);
};

const undoHalfMoved = ({ marker, prefix, parts }: FolderKind, target: OpenFolder): void => {
  for (const name of target.names().filter((one) => one.startsWith(prefix) && isLeft(target, one))) {
    const left = target.folder(name);
    const moving = left?.use((folder) => ({ names: namesMoved(folder), staying: folder.names() }));
    if (moving !== undefined && target.kind(marker) === undefined) {
      // Anybody can have written that list: nothing is removed but what Quintet itself puts there.
      const moved = moving.names.filter((one) => parts.includes(one) && !moving.staying.includes(one));
      for (const one of moved) target.remove(one);
    }
    target.remove(name);
  }
};

const namesMoved = (folder: OpenFolder): readonly string[] => {
  try {
    const said: unknown = JSON.parse(folder.read(movingFile, mostBytes)?.content.toString('utf8') ?? '[]');
    return Array.isArray(said) ? said.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
};

const removeLeftSiblings = (kind: FolderKind, target: string): void => {
  OpenFolder.open(dirname(target))?.use((above) => {
    const names = above.names().filter((name) => name.startsWith(siblingPrefix(kind, target)));
    for (const name of names.filter((one) => isLeft(above, one))) above.remove(name);
  });
};

/** Whether this is a temporary folder that the caller made, and no process that made one still runs. */
const isLeft = (above: OpenFolder, name: string): boolean => {
  const pid = Number(/-([0-9]+)$/.exec(name)?.[1] ?? Number.NaN);
  const found = above.look(name);
  if (found === undefined || !found.isDirectory() || !isCaller(found.uid)) return false;
  return !Number.isNaN(pid) && (pid === process.pid || !isAlive(pid));
};
