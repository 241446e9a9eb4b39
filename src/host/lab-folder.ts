import { randomBytes } from 'node:crypto';
import path, { dirname, type PlatformPath } from 'node:path';
import { ensureDir, exists, namesIn, readIfAny, removeTree, writeFileAtomic } from './files.js';

/** The user's own file: written once by the wizard, never generated, never removed. */
export const labFile = 'lab.yaml';

/** Where the parts of a lab folder lie; `join` is that of the system the folder is on. */
export const labPaths = (folder: string, { join }: Pick<PlatformPath, 'join'> = path) => {
  const own = join(folder, '.quintet');
  return {
    lab: join(folder, labFile),
    own,
    id: join(own, 'id'),
    /** Where the lab lay when it was last used, to tell a copy of it from the lab itself. */
    place: join(own, 'place'),
    /** The lab.yaml that the machines were last brought up from. */
    lastUp: join(own, 'last-up.yaml'),
    state: join(own, 'state.json'),
    snapshots: join(own, 'snapshots.json'),
    generated: join(own, 'generated.json'),
    logs: join(own, 'logs'),
    log: (machine: string) => join(own, 'logs', `${machine}.log`),
    /** What is sent to a machine: its files, then its secrets. */
    sources: (machine: string) => [join(folder, 'machines', machine), join(own, 'machines', machine)] as const,
  };
};

export const isLab = (folder: string): Promise<boolean> => exists(labPaths(folder).lab);

/** A lab's own id, made the first time it is asked for: eight hexadecimal digits. */
export const labId = async (folder: string): Promise<string> => {
  const paths = labPaths(folder);
  const known = (await readIfAny(paths.id))?.trim();
  if (known !== undefined && /^[0-9a-f]{8}$/.test(known)) return known;
  const id = randomBytes(4).toString('hex');
  await ensureDir(paths.own, 0o700);
  await writeFileAtomic(paths.id, `${id}\n`, 0o600);
  return id;
};

const modeOf = (path: string): number => {
  if (path.startsWith('.quintet/')) return 0o600;
  return path.endsWith('.sh') ? 0o755 : 0o644;
};

/** Where a file of the lab lies. Within a lab paths have `/` on every system; what Windows reads otherwise is refused. */
export const inside = (folder: string, file: string, { join }: Pick<PlatformPath, 'join'> = path): string => {
  const parts = file.split('/');
  if (parts[0] === '' || parts.some((part) => part === '..' || /[\\:]/.test(part)))
    throw new Error(`not a path inside the lab: ${file}`);
  return join(folder, file);
};

/** Writes one file of a lab; what lies below `.quintet/` can be read by its owner alone. */
export const writeLabFile = async (folder: string, path: string, text: string): Promise<void> => {
  const full = inside(folder, path);
  await ensureDir(dirname(full), path.startsWith('.quintet/') ? 0o700 : undefined);
  await writeFileAtomic(full, text, modeOf(path));
};

/** Removes one file of a lab and the folders that it leaves empty. */
export const removeLabFile = async (folder: string, path: string): Promise<void> => {
  await removeTree(inside(folder, path));
  for (let above = dirname(path); above !== '.'; above = dirname(above)) {
    if ((await namesIn(inside(folder, above))).length > 0) return;
    await removeTree(inside(folder, above));
  }
};

/** The texts of those of the given paths that are there. */
export const readLabFiles = async (folder: string, paths: readonly string[]): Promise<Map<string, string>> => {
  const texts = await Promise.all(paths.map(async (path) => [path, await readIfAny(inside(folder, path))] as const));
  return new Map(texts.filter((entry): entry is [string, string] => entry[1] !== undefined));
};

/** Keeps a file's text beside it as `<file>.orig`, `<file>.orig.2`, … and returns that path. */
export const keepBackup = async (folder: string, path: string, text: string): Promise<string> => {
  for (let count = 1; ; count += 1) {
    const backup = count === 1 ? `${path}.orig` : `${path}.orig.${count}`;
    const there = await readIfAny(inside(folder, backup));
    if (there === text) return backup;
    if (there !== undefined) continue;
    await writeFileAtomic(inside(folder, backup), text, modeOf(path) & ~0o111);
    return backup;
  }
};

/** For each generated path the hashes of what Quintet wrote there; several while a generation was under way. */
export type Generated = Readonly<Record<string, readonly string[]>>;

/** What was recorded when the lab was last generated; nothing when that record is missing or damaged. */
export const readGenerated = async (folder: string): Promise<Generated> => {
  const text = await readIfAny(labPaths(folder).generated);
  try {
    const files = (JSON.parse(text ?? '{}') as { files?: unknown }).files;
    const entries = Object.entries((files ?? {}) as Record<string, unknown>);
    return Object.fromEntries(entries.filter((entry): entry is [string, string[]] => Array.isArray(entry[1])));
  } catch {
    return {};
  }
};

export const writeGenerated = (folder: string, files: Generated): Promise<void> =>
  writeLabFile(folder, '.quintet/generated.json', `${JSON.stringify({ version: 1, files }, null, 2)}\n`);
