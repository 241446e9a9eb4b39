import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { isInside, labDoor } from './lab-door.js';

/** The user's own file: written once by the wizard, never generated, never removed. */
export const labFile = 'lab.yaml';

/** Where the parts of a lab folder lie in it. */
export const labPaths = {
  own: '.quintet',
  id: '.quintet/id',
  /** Where the lab lay when it was last used, to tell a copy of it from the lab itself. */
  place: '.quintet/place',
  /** The lab.yaml that the machines were last brought up from. */
  lastUp: '.quintet/last-up.yaml',
  state: '.quintet/state.json',
  snapshots: '.quintet/snapshots.json',
  generated: '.quintet/generated.json',
  faults: '.quintet/faults.json',
  authority: '.quintet/ca/ca.crt',
  /** Keys, certificates and passwords. */
  secrets: ['.quintet/ca', '.quintet/machines'],
  logs: '.quintet/logs',
  log: (machine: string) => `.quintet/logs/${machine}.log`,
  /** What is sent to a machine: its files, then its secrets. */
  sources: (machine: string) => [`machines/${machine}`, `.quintet/machines/${machine}`] as const,
  ssh: '.quintet/ssh',
  reports: 'reports',
  scenarios: 'scenarios',
  /** The exercise, in Markdown: the user's own file, like lab.yaml and scenarios/. */
  guide: 'guide.md',
} as const;

export const isLab = async (folder: string): Promise<boolean> => labDoor(folder).exists(labFile);

/** A lab's own id, made the first time it is asked for: eight hexadecimal digits. */
export const labId = async (folder: string): Promise<string> => {
  const door = labDoor(folder);
  const known = door.text(labPaths.id)?.trim();
  if (known !== undefined && /^[0-9a-f]{8}$/.test(known)) return known;
  const id = randomBytes(4).toString('hex');
  await door.write(labPaths.id, `${id}\n`, 0o600);
  return id;
};

const modeOf = (path: string): number => {
  if (path.startsWith('.quintet/')) return 0o600;
  return path.endsWith('.sh') ? 0o755 : 0o644;
};

/** Writes one file of a lab; what lies below `.quintet/` can be read by its owner alone. */
export const writeLabFile = (folder: string, path: string, text: string): Promise<void> =>
  labDoor(folder).write(path, text, modeOf(path));

/** Removes one file of a lab and the folders that it leaves empty. */
export const removeLabFile = async (folder: string, path: string): Promise<void> => {
  const door = labDoor(folder);
  door.remove(path);
  for (let above = posix.dirname(path); above !== '.'; above = posix.dirname(above)) {
    if (door.names(above).length > 0) return;
    door.remove(above);
  }
};

/** The texts of those of the given paths that are there. */
export const readLabFiles = async (folder: string, paths: readonly string[]): Promise<Map<string, string>> => {
  const door = labDoor(folder);
  const texts = paths.map((path) => [path, door.text(path)] as const);
  return new Map(texts.filter((entry): entry is [string, string] => entry[1] !== undefined));
};

/** Keeps a file's text beside it as `<file>.orig`, `<file>.orig.2`, … and returns that path. Nobody may read it who may not read the file. */
export const keepBackup = async (folder: string, path: string, text: string): Promise<string> => {
  const door = labDoor(folder);
  for (let count = 1; ; count += 1) {
    const backup = count === 1 ? `${path}.orig` : `${path}.orig.${count}`;
    const there = door.text(backup);
    if (there === text) return backup;
    if (there !== undefined) continue;
    await door.write(backup, text, modeOf(path) & (door.stats(path)?.mode ?? 0o600) & 0o666);
    return backup;
  }
};

/** For each generated path the hashes of what Quintet wrote there; several while a generation was under way. */
export type Generated = Readonly<Record<string, readonly string[]>>;

/** Parts of a lab folder that are never generated: a record that names one is somebody's invention. */
const neverGenerated = /^(lab\.yaml$|guide\.md$|\.git\/|(\.quintet|\.vagrant|scenarios|reports)(\/|$))/;

const isGenerated = (path: string): boolean => isInside(path) && path !== '' && !neverGenerated.test(path);

/** What was recorded when the lab was last generated; nothing when that record is missing or damaged. */
export const readGenerated = async (folder: string): Promise<Generated> => {
  const text = labDoor(folder).text(labPaths.generated);
  try {
    const files = (JSON.parse(text ?? '{}') as { files?: unknown }).files;
    const entries = Object.entries((files ?? {}) as Record<string, unknown>);
    return Object.fromEntries(
      entries.filter((entry): entry is [string, string[]] => Array.isArray(entry[1]) && isGenerated(entry[0])),
    );
  } catch {
    return {};
  }
};

export const writeGenerated = (folder: string, files: Generated): Promise<void> =>
  writeLabFile(folder, labPaths.generated, `${JSON.stringify({ version: 1, files }, null, 2)}\n`);
