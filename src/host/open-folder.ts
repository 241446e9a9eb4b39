import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  unlinkSync,
} from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { InputError } from '../model/errors.js';
import { isRoot, type Owner, ownerIn } from './caller.js';
import { fileError, takePlace } from './files.js';
import { type Kind, kindIn, notPlain, tooLarge } from './plain-files.js';

type Fault = NodeJS.ErrnoException;

/** Windows has none of these. */
const { O_DIRECTORY = 0, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;
/** open(2): only to go on from there, which asks for no right to list the folder. Linux' own; Node.js does not name it. */
const O_PATH = 0o10000000;
const asFolder = O_PATH | O_DIRECTORY;

/**
 * Linux gives a name to each open folder: what is opened by such a name and one more lies in that very folder, whatever
 * becomes of the path that led to it. Elsewhere every part of a path is looked at instead.
 */
const byDescriptor = process.platform === 'linux' && existsSync('/proc/self/fd');

const codeOf = (error: unknown): string | undefined => (error as Fault | undefined)?.code;

/** A name that is one step and stays in its folder. */
const isStep = (name: string): boolean => name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name);

/**
 * A folder that is held open, and all that is done to what lies in it: by plain names, never through a link, and to plain
 * files and folders only. Whoever opens one closes it. Errors carry the path as people know it.
 */
export class OpenFolder {
  readonly path: string;
  readonly stats: Stats;
  readonly #fd: number | undefined;
  /** The real path of the topmost folder, where parts of a path are looked at one by one. */
  #root: string | undefined;
  readonly #owner: Owner;

  private constructor(path: string, fd: number | undefined, above?: OpenFolder) {
    this.path = path;
    this.#fd = fd;
    this.stats = fd === undefined ? statSync(path) : fstatSync(fd);
    this.#owner = above ? above.#owner : this.stats;
    if (fd === undefined) this.#root = above ? above.#root : realpathSync.native(path);
  }

  /** Opens a folder, which links may lead to; undefined when there is none. */
  static open(path: string, held = byDescriptor): OpenFolder | undefined {
    return guard('open', path, () => {
      try {
        if (held) return new OpenFolder(path, openSync(path, asFolder));
        return statSync(path).isDirectory() ? new OpenFolder(path, undefined) : refuse('ENOTDIR');
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined;
        throw error;
      }
    });
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
  }

  /** Whose everything in here is, when root makes it: the topmost folder's owner. */
  get owner(): Owner {
    return this.#owner;
  }

  shown(name: string): string {
    return join(this.path, name);
  }

  /** Closed afterwards, whatever comes of the work. */
  use<T>(work: (folder: OpenFolder) => T): T {
    try {
      return work(this);
    } finally {
      this.close();
    }
  }

  kind(name: string): Kind | undefined {
    const found = this.look(name);
    return found === undefined ? undefined : kindIn(found);
  }

  /** What the system tells of something, itself and not what it leads to. */
  look(name: string): Stats | undefined {
    return guard('look at', this.shown(name), () => lstatSync(this.#at(name), { throwIfNoEntry: false }));
  }

  names(): string[] {
    return guard('read', this.path, () => readdirSync(this.#self).sort());
  }

  /** The folder of that name; undefined when there is none. */
  folder(name: string): OpenFolder | undefined {
    const path = this.shown(name);
    return guard('open', path, () => {
      try {
        return this.#fd === undefined ? this.#checked(name) : new OpenFolder(path, this.#openFolder(name), this);
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return undefined;
        const kind = this.kind(name);
        if (kind !== undefined && kind !== 'folder') throw notPlain(path, 'folder', kind);
        throw error;
      }
    });
  }

  /** The same, made when there is none. `mode` holds whatever the umask, and also for one that was there. */
  madeFolder(name: string, mode?: number): OpenFolder {
    const path = this.shown(name);
    return guard('make the folder', path, () => {
      const isNew = this.#make(name, mode);
      const folder = this.folder(name);
      if (folder === undefined) throw Object.assign(new Error(path), { code: 'ENOENT', syscall: 'mkdir' });
      try {
        if (isNew) folder.#giveItself();
        if (mode !== undefined && (folder.stats.mode & 0o7777) !== mode) chmodSync(folder.#self, mode);
      } catch (error) {
        folder.close();
        throw error;
      }
      return folder;
    });
  }

  #make(name: string, mode = 0o777): boolean {
    try {
      mkdirSync(this.#at(name), { mode });
      return true;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      if (!['folder', 'link'].includes(this.kind(name) ?? '')) throw error;
      return false;
    }
  }

  /** What a plain file holds; undefined when there is none. Throws an InputError for anything else, and above `most` bytes. */
  read(name: string, most: number): { readonly content: Buffer; readonly mode: number } | undefined {
    const path = this.shown(name);
    return guard('read', path, () => {
      const fd = this.#openFile(name, constants.O_RDONLY);
      if (fd === undefined) return undefined;
      try {
        const found = this.#plain(fd, path);
        if (found.size > most) throw tooLarge(path, most);
        return { content: contentOf(fd, found.size, most, path), mode: found.mode & 0o7777 };
      } finally {
        closeSync(fd);
      }
    });
  }

  /**
   * Writes a file so that at every moment either the old content or the whole new one is there, even after a power cut.
   * `mode` holds whatever the umask.
   */
  async write(name: string, content: string | Uint8Array, mode: number): Promise<void> {
    const path = this.shown(name);
    const temporary = this.#at(`.${name}.${randomBytes(4).toString('hex')}.tmp`);
    const kind = this.kind(name);
    if (kind !== undefined && kind !== 'file' && kind !== 'folder') throw notPlain(path, 'file', kind);
    try {
      const file = await open(temporary, 'wx', 0o600);
      try {
        await file.writeFile(content);
        await file.chmod(mode);
        this.#give(file.fd);
        await file.sync();
      } finally {
        await file.close();
      }
      await takePlace(temporary, this.#at(name));
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw fileError('write', path, error);
    }
  }

  /** A plain file that grows at its end, made when there is none. Whoever opens it closes it. */
  async appending(name: string, mode: number): Promise<FileHandle> {
    const path = this.shown(name);
    try {
      if (this.#fd === undefined) this.#refuseLink(name);
      const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | O_NOFOLLOW | O_NONBLOCK;
      const file = await open(this.#at(name), flags, mode);
      try {
        this.#plain(file.fd, path);
        if (isRoot() && fstatSync(file.fd).uid === 0) this.#give(file.fd);
        return file;
      } catch (error) {
        await file.close();
        throw error;
      }
    } catch (error) {
      throw this.#refusal(name, error) ?? fileError('write', path, error);
    }
  }

  /** Gives a plain file another mode, unless it is the file's already. */
  chmod(name: string, wanted: (mode: number) => number): void {
    const path = this.shown(name);
    guard('protect', path, () => {
      const fd = this.#openFile(name, constants.O_RDONLY);
      if (fd === undefined) return;
      try {
        const { mode } = this.#plain(fd, path);
        if (wanted(mode & 0o7777) !== (mode & 0o7777)) fchmodSync(fd, wanted(mode & 0o7777));
      } finally {
        closeSync(fd);
      }
    });
  }

  /** Removes a file, a link or a whole folder; nothing to remove is fine. */
  remove(name: string): void {
    guard('remove', this.shown(name), () => {
      try {
        this.#remove(name);
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') throw error;
      }
    });
  }

  #remove(name: string): void {
    const kind = this.kind(name);
    if (this.#fd === undefined) rmSync(this.#at(name), { recursive: true, force: true, maxRetries: 3 });
    else if (kind === 'folder') {
      this.folder(name)?.use((folder) => {
        for (const below of folder.names()) folder.remove(below);
      });
      rmdirSync(this.#at(name));
    } else if (kind !== undefined) unlinkSync(this.#at(name));
  }

  /** Moves something into another folder, over what may be there. */
  async move(name: string, to: OpenFolder, newName = name): Promise<void> {
    try {
      await takePlace(this.#at(name), to.#at(newName));
    } catch (error) {
      throw fileError('write', to.shown(newName), error);
    }
  }

  /** Where all that root has made below here is to be somebody's own. What that disk can't hold is left. */
  giveAll(owner: Owner): void {
    for (const name of this.names()) {
      const kind = this.kind(name);
      if (kind === 'folder') this.folder(name)?.use((folder) => folder.giveAll(owner));
      else if (kind !== undefined) quietly(() => lchownSync(this.#at(name), owner.uid, owner.gid));
    }
    quietly(() => chownSync(this.#self, owner.uid, owner.gid));
  }

  /** The path of the open folder itself. */
  get #self(): string {
    return this.#fd === undefined ? this.path : `/proc/self/fd/${this.#fd}`;
  }

  /** The path by which something in here is reached from now on, by this process. */
  #at(name: string): string {
    if (!isStep(name)) throw new Error(`not a path inside the lab: ${JSON.stringify(name)}`);
    return this.#fd === undefined ? this.shown(name) : `/proc/self/fd/${this.#fd}/${name}`;
  }

  #openFolder(name: string): number {
    return openSync(this.#at(name), asFolder | O_NOFOLLOW);
  }

  /** A folder below, where nothing but looking can tell a link: it must be what it seems, and lie where it seems to. */
  #checked(name: string): OpenFolder {
    const path = this.shown(name);
    const found = lstatSync(path);
    if (found.isSymbolicLink()) throw notPlain(path, 'folder', 'link');
    if (!found.isDirectory()) refuse('ENOTDIR');
    const folder = new OpenFolder(path, undefined, this);
    if (!isBelow(realpathSync.native(path), this.#root ?? '')) throw notPlain(path, 'folder', 'link');
    return folder;
  }

  #openFile(name: string, flags: number): number | undefined {
    try {
      if (this.#fd === undefined) this.#refuseLink(name);
      return openSync(this.#at(name), flags | O_NOFOLLOW | O_NONBLOCK);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw this.#refusal(name, error) ?? error;
    }
  }

  #refuseLink(name: string): void {
    const kind = this.kind(name);
    if (kind !== undefined && kind !== 'file' && kind !== 'folder') throw notPlain(this.shown(name), 'file', kind);
  }

  /** What the system refuses to open like a file, in words. */
  #refusal(name: string, error: unknown): InputError | undefined {
    if (!['ELOOP', 'EMLINK', 'ENXIO', 'EOPNOTSUPP', 'ENODEV'].includes(codeOf(error) ?? '')) return undefined;
    const kind = this.kind(name);
    return kind === undefined || kind === 'file' ? undefined : notPlain(this.shown(name), 'file', kind);
  }

  /** One file under two names may be somebody else's under the other one. */
  #plain(fd: number, path: string): Stats {
    const found = fstatSync(fd);
    if (found.isDirectory()) refuse('EISDIR');
    if (!found.isFile()) throw notPlain(path, 'file', kindIn(found));
    if (found.nlink > 1 && found.uid !== this.#owner.uid) throw notPlain(path, 'file', "hard link to somebody else's");
    return found;
  }

  #give(fd: number): void {
    const owner = ownerIn(this.#owner);
    if (owner !== undefined) quietly(() => fchownSync(fd, owner.uid, owner.gid));
  }

  #giveItself(): void {
    const owner = ownerIn(this.#owner);
    if (owner !== undefined && this.stats.uid === 0) quietly(() => chownSync(this.#self, owner.uid, owner.gid));
  }
}

const refuse = (code: string): never => {
  throw Object.assign(new Error(code), { code, syscall: 'open' });
};

const guard = <T>(doing: string, path: string, action: () => T): T => {
  try {
    return action();
  } catch (error) {
    throw fileError(doing, path, error);
  }
};

/** Some file systems keep neither owners nor modes. */
const quietly = (action: () => void): void => {
  try {
    action();
  } catch (error) {
    if (!['EPERM', 'EINVAL', 'ENOTSUP', 'EROFS'].includes(codeOf(error) ?? '')) throw error;
  }
};

/** As file systems that mind neither case nor the form of letters see it. */
const folded = (path: string): string => path.normalize('NFC').toLowerCase();

const isBelow = (path: string, root: string): boolean =>
  folded(path).startsWith(folded(root.endsWith(sep) ? root : `${root}${sep}`));

/** All of a file that is open; one that grows meanwhile is cut off at the cap. */
const contentOf = (fd: number, size: number, most: number, path: string): Buffer => {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(Math.max(size - total, 0) + 1);
    const read = readSync(fd, chunk, 0, chunk.length, null);
    if (read === 0) return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
    total += read;
    if (total > most) throw tooLarge(path, most);
    chunks.push(chunk.subarray(0, read));
  }
};
