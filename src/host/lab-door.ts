import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import path, { join, type PlatformPath, resolve } from 'node:path';
import { ComputerError, InputError } from '../model/errors.js';
import { OpenFolder } from './open-folder.js';
import type { Kind } from './plain-files.js';

const mebibyte = 2 ** 20;

/** The most bytes that a file of a lab may have, by what it is. */
export const atMost = {
  /** Written by people: lab.yaml, guide.md, scenarios. */
  written: mebibyte,
  /** Quintet's own notes, and what it generated. */
  own: 16 * mebibyte,
  /** Sent to a machine. */
  sent: 256 * mebibyte,
  /** An application of the user's own, all its files together. */
  application: 64 * mebibyte,
  /** Histories and logs. */
  recorded: 400 * mebibyte,
} as const;

/** How many files and folders a lab may have below one of its folders, and how deep. */
const mostFiles = 20_000;
const mostDeep = 64;

/** What only the lab's owner may read. */
const isSecret = (path: string): boolean => path === '.quintet' || path.startsWith('.quintet/');

/** Whether a path with `/` stays inside the lab on every system: what Windows reads otherwise does not. */
export const isInside = (file: string): boolean =>
  file === '' || !file.split('/').some((part) => ['', '.', '..'].includes(part) || /[\\:\0]/.test(part));

const notInside = (file: string): Error => new Error(`not a path inside the lab: ${file}`);

/** What is there already may have a name that only Windows reads otherwise. */
const partsOf = (file: string): readonly string[] => {
  const parts = file === '' ? [] : file.split('/');
  const leadsOut = parts.some((part) => ['', '.', '..'].includes(part) || part.includes('\0'));
  if (leadsOut || (process.platform === 'win32' && !isInside(file))) throw notInside(file);
  return parts;
};

/** Where a file of the lab lies on this computer: to be told, not to be opened. */
export const inside = (folder: string, file: string, { join }: Pick<PlatformPath, 'join'> = path): string => {
  if (!isInside(file)) throw notInside(file);
  return join(folder, ...file.split('/'));
};

/** The labs that this process works on, by which folder each was when it was opened: a path is not believed twice. */
const held = new Map<string, { readonly dev: number; readonly ino: number }>();

const openRoot = (folder: string): OpenFolder | undefined => {
  const root = OpenFolder.open(folder);
  const known = held.get(folder);
  if (root === undefined || known === undefined) return root;
  if (known.dev === root.stats.dev && known.ino === root.stats.ino) return root;
  root.close();
  throw new ComputerError(`${folder} has become another folder while Quintet worked in it.`);
};

/** From here on the lab's path must lead to the folder that it leads to now. */
export const holdLab = (folder: string): void =>
  void OpenFolder.open(folder)?.use(({ stats: { dev, ino } }) => held.set(resolve(folder), { dev, ino }));

interface ReadOptions {
  readonly most?: number;
}

interface ContentsOptions {
  /** Of all files together, in bytes. */
  readonly most?: number;
  /** Names of what is passed over, wherever it lies. */
  readonly without?: readonly string[];
}

/** A file that was read, and the mode it has. */
export interface FileRead {
  readonly content: Buffer;
  readonly mode: number;
}

/** What a file read as text says, for those that are there. */
const textOf = (read: FileRead | undefined): string | undefined => read?.content.toString('utf8');

/**
 * The only way to what lies in a lab folder, whoever wrote it. Paths are relative to the lab's root and have `/`. No link
 * below the root is followed, whatever anybody does to the folder meanwhile; what is no plain file or folder is an
 * InputError that names it. What root makes in somebody's lab is that somebody's.
 */
export class LabDoor {
  constructor(readonly root: string) {}

  /** The path of something in the lab, for people and for other programs. */
  shown(path: string): string {
    return join(this.root, ...partsOf(path));
  }

  kind(path: string): Kind | undefined {
    if (path === '') return openRoot(this.root)?.use(() => 'folder' as const);
    return this.#beside(path, (folder, name) => folder.kind(name));
  }

  exists(path: string): boolean {
    return this.kind(path) !== undefined;
  }

  /** What the system tells of something in the lab, or of the lab itself. */
  stats(path = ''): Stats | undefined {
    if (path === '') return openRoot(this.root)?.use(({ stats }) => stats);
    return this.#beside(path, (folder, name) => folder.look(name));
  }

  /** Undefined when there is none. */
  read(path: string, { most = atMost.own }: ReadOptions = {}): FileRead | undefined {
    return this.#beside(path, (folder, name) => folder.read(name, most));
  }

  text(path: string, options: ReadOptions = {}): string | undefined {
    return textOf(this.read(path, options));
  }

  /** Names in a folder, sorted; none when it is not there. */
  names(path: string): string[] {
    return this.#in(path, (folder) => folder.names()) ?? [];
  }

  /** Every file below a folder, as sorted paths relative to it; none when it is not there. */
  filesBelow(path: string): string[] {
    const found: string[] = [];
    this.#walk(path, (_folder, _name, file) => found.push(file));
    return found.sort();
  }

  /** What all files below a folder hold, by their sorted paths in it; undefined when it is not there. */
  contents(
    path: string,
    { most = 2 * atMost.sent, without = [] }: ContentsOptions = {},
  ): ReadonlyMap<string, Buffer> | undefined {
    const found: [string, Buffer][] = [];
    let total = 0;
    const visit = (folder: OpenFolder, name: string, file: string): void => {
      const content = folder.read(name, Math.min(most, atMost.sent))?.content;
      if (content === undefined) return;
      found.push([file, content]);
      total += content.length;
      if (total > most) throw tooMuch(this.shown(path), `more than ${most / mebibyte} MiB`);
    };
    const isThere = this.#walk(path, visit, without);
    return isThere ? new Map(found.sort(([one], [other]) => (one < other ? -1 : 1))) : undefined;
  }

  /** Visits all that is no folder below a folder; false when that is not there. */
  #walk(
    path: string,
    visit: (folder: OpenFolder, name: string, file: string) => void,
    without: readonly string[] = [],
  ): boolean {
    let count = 0;
    const walk = (folder: OpenFolder, prefix: string, depth: number): void => {
      if (depth > mostDeep) throw tooMuch(folder.path, `folders more than ${mostDeep} deep`);
      for (const name of folder.names().filter((each) => !without.includes(each))) {
        count += 1;
        if (count > mostFiles) throw tooMuch(this.shown(path), `more than ${mostFiles} files`);
        const kind = folder.kind(name);
        if (kind === 'folder') folder.folder(name)?.use((below) => walk(below, `${prefix}${name}/`, depth + 1));
        else if (kind !== undefined) visit(folder, name, `${prefix}${name}`);
      }
    };
    return this.#in(path, (folder) => walk(folder, '', 0) ?? true) ?? false;
  }

  /** Makes a folder and those above it; below `.quintet/` for their owner alone. */
  makeFolder(path: string, mode?: number): void {
    this.#made(path, mode).close();
  }

  /** Writes a file as a whole, and makes the folders above it. */
  async write(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
    const { above, name } = splitAt(path);
    const folder = this.#made(above);
    try {
      await folder.write(name, content, mode);
    } finally {
      folder.close();
    }
  }

  /** A file that grows at its end; whoever opens it closes it. */
  async appending(path: string, mode = 0o644): Promise<FileHandle> {
    const { above, name } = splitAt(path);
    const folder = this.#made(above);
    try {
      return await folder.appending(name, mode);
    } finally {
      folder.close();
    }
  }

  /** Takes all rights to a file from everybody but its owner. */
  closeToOthers(path: string): void {
    this.#beside(path, (folder, name) => folder.chmod(name, (mode) => (mode & 0o077 ? 0o600 : mode)));
  }

  /** Removes a file, a link or a whole folder; nothing to remove is fine. */
  remove(path: string): void {
    this.#beside(path, (folder, name) => folder.remove(name));
  }

  /** Works on the folder that holds something; undefined when there is no such folder. */
  #beside<T>(path: string, work: (folder: OpenFolder, name: string) => T): T | undefined {
    const { above, name } = splitAt(path);
    return this.#in(above, (folder) => work(folder, name));
  }

  #in<T>(path: string, work: (folder: OpenFolder) => T): T | undefined {
    let folder = openRoot(this.root);
    for (const part of partsOf(path)) folder = folder?.use((above) => above.folder(part));
    return folder?.use(work);
  }

  #made(path: string, mode?: number): OpenFolder {
    const root = openRoot(this.root);
    if (root === undefined) throw new ComputerError(`There is no folder ${this.root} any more.`);
    const parts = partsOf(path);
    return parts.reduce((folder, part, index) => {
      const so = parts.slice(0, index + 1).join('/');
      const wanted = isSecret(so) ? 0o700 : index === parts.length - 1 ? mode : undefined;
      return folder.use((above) => above.madeFolder(part, wanted));
    }, root);
  }
}

/** What is opened at a path: the folders above something, and its own name. */
const splitAt = (path: string): { readonly above: string; readonly name: string } => {
  const parts = partsOf(path);
  const name = parts.at(-1);
  if (name === undefined) throw new Error('the lab folder itself is no part of it');
  return { above: parts.slice(0, -1).join('/'), name };
};

const tooMuch = (path: string, what: string): InputError =>
  new InputError(`${path} holds ${what}.`, { hint: 'Is this the right folder? Move away what does not belong there.' });

export const labDoor = (folder: string): LabDoor => new LabDoor(resolve(folder));
