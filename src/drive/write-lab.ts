import {
  type Generated,
  keepBackup,
  labFile,
  readGenerated,
  readLabFiles,
  removeLabFile,
  writeGenerated,
  writeLabFile,
} from '../host/lab-folder.js';
import { InputError } from '../model/errors.js';
import { contentHash } from './content-hash.js';
import { type Answer, type FileChange, fileChanges, settled, touches, unifiedDiff } from './lab-files.js';

/** Asks a person whose text a file shall have; `diff` leads from theirs to the generated one. */
export type AskAboutFile = (path: string, diff: string) => Promise<Answer>;

export interface WriteLabOptions {
  /** Everything as generated; what the user changed is kept beside it. */
  readonly force?: boolean;
  readonly dryRun?: boolean;
  /** Left out where there is nobody to ask. */
  readonly ask?: AskAboutFile;
}

export interface WrittenLab {
  /** What was done to each file; with dryRun what would be, conflicts still being conflicts. */
  readonly changes: readonly FileChange[];
  /** Copies of what the user had written, as paths inside the lab. */
  readonly backups: readonly string[];
}

/**
 * Brings a lab folder to the rendered files. What the user changed is never lost: it is asked about, or refused with an
 * InputError, or (with `force`) kept beside the new file.
 */
export const writeLab = async (
  folder: string,
  rendered: ReadonlyMap<string, string>,
  options: WriteLabOptions = {},
): Promise<WrittenLab> => {
  const { changes, generated } = await gather(folder, rendered);
  if (options.dryRun) return { changes, backups: [] };
  const decided = await decide(changes, options);
  await writeGenerated(folder, underWay(generated, decided));
  const backups = await Promise.all(decided.map((change) => apply(folder, change)));
  await writeGenerated(folder, finished(decided));
  return { changes: decided, backups: backups.filter((backup) => backup !== undefined) };
};

/** `lab.yaml` is the user's and is left out here whatever was rendered. */
const gather = async (folder: string, rendered: ReadonlyMap<string, string>) => {
  const generated = await readGenerated(folder);
  const desired = new Map([...rendered].filter(([path]) => path !== labFile));
  const onDisk = await readLabFiles(folder, [...new Set([...desired.keys(), ...Object.keys(generated)])]);
  return { generated, changes: fileChanges({ desired, onDisk, generated, hash: contentHash }) };
};

/** Asks about every conflict before anything is written, so that Ctrl-C at a question changes nothing. */
const decide = async (changes: readonly FileChange[], options: WriteLabOptions): Promise<readonly FileChange[]> => {
  const { force = false, ask } = options;
  const conflicts = force ? [] : changes.filter((change) => change.kind === 'conflict');
  if (conflicts.length > 0 && ask === undefined) throw refusal(conflicts.map((change) => change.path));
  const answers = new Map<string, Answer>();
  for (const change of conflicts) {
    if (ask) answers.set(change.path, await ask(change.path, unifiedDiff(change)));
  }
  return settled(changes, answers, force);
};

const refusal = (paths: readonly string[]): InputError =>
  new InputError(
    `You changed ${paths.length === 1 ? 'a file' : `${paths.length} files`} that would be generated differently now:\n${paths
      .map((path) => `  ${path}`)
      .join('\n')}`,
    {
      hint: 'quintet generate --dry-run shows the differences; --force takes the generated text and keeps yours as <file>.orig.',
    },
  );

const apply = async (folder: string, change: FileChange): Promise<string | undefined> => {
  if (change.kind === 'obsolete') await removeLabFile(folder, change.path);
  if (!touches(change) || !('text' in change)) return undefined;
  const backup = change.kind === 'replace' ? await keepBackup(folder, change.path, change.before) : undefined;
  await writeLabFile(folder, change.path, change.text);
  return backup;
};

const textHashes = (changes: readonly FileChange[]): Generated =>
  Object.fromEntries(
    changes.flatMap((change) => ('text' in change ? [[change.path, [contentHash(change.text)]]] : [])),
  );

/** Until all is written both the old and the new text count as Quintet's own: a kill in between is no edit. */
const underWay = (generated: Generated, changes: readonly FileChange[]): Generated => {
  const next = textHashes(changes.filter((change) => change.kind === 'create' || change.kind === 'update'));
  const paths = [...new Set([...Object.keys(generated), ...Object.keys(next)])];
  return Object.fromEntries(
    paths.map((path) => [path, [...new Set([...(generated[path] ?? []), ...(next[path] ?? [])])]]),
  );
};

const finished = (changes: readonly FileChange[]): Generated => textHashes(changes);
