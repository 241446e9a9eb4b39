import { createTwoFilesPatch } from 'diff';

/**
 * What writing the lab again means for one file. `before` is what is on disk, `text` what was rendered.
 * `edited`: the user changed it and Quintet has nothing new to say, so it stays.
 * `conflict`: the user changed it, and what Quintet renders has changed since as well.
 * `replace`: the user changed it, and it was decided that what Quintet renders takes its place.
 * `obsolete`: generated once, rendered no more; `kept`: the same, but the user changed it.
 */
export type FileChange =
  | { readonly kind: 'create'; readonly path: string; readonly text: string }
  | { readonly kind: 'unchanged'; readonly path: string; readonly text: string }
  | {
      readonly kind: 'update' | 'edited' | 'conflict' | 'replace';
      readonly path: string;
      readonly text: string;
      readonly before: string;
    }
  | { readonly kind: 'obsolete' | 'kept'; readonly path: string; readonly before: string };

export interface Gathered {
  readonly desired: ReadonlyMap<string, string>;
  readonly onDisk: ReadonlyMap<string, string>;
  /** Hashes of what was written by Quintet, by path. */
  readonly generated: Readonly<Record<string, readonly string[]>>;
  /** Decides whether two texts are the same. */
  readonly hash: (text: string) => string;
}

/** An editor on Windows, or git there, may end the lines of a whole file its own way: that alone is no change of the user's. */
const plain = (text: string): string => text.replaceAll('\r\n', '\n');

/** What must be done to each file, in the order of the paths. */
export const fileChanges = (gathered: Gathered): readonly FileChange[] => {
  const { desired, generated } = gathered;
  const gone = Object.keys(generated).filter((path) => !desired.has(path));
  const changes = [
    ...[...desired].map(([path, text]) => changeOf(path, text, gathered)),
    ...gone.flatMap((path) => removalOf(path, gathered)),
  ];
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
};

const changeOf = (path: string, text: string, { onDisk, generated, hash }: Gathered): FileChange => {
  const before = onDisk.get(path);
  if (before === undefined) return { kind: 'create', path, text };
  if (plain(before) === text) return { kind: 'unchanged', path, text };
  const written = generated[path] ?? [];
  if (written.includes(hash(plain(before)))) return { kind: 'update', path, text, before };
  return { kind: written.includes(hash(text)) ? 'edited' : 'conflict', path, text, before };
};

const removalOf = (path: string, { onDisk, generated, hash }: Gathered): FileChange[] => {
  const before = onDisk.get(path);
  if (before === undefined) return [];
  return [{ kind: generated[path]?.includes(hash(plain(before))) ? 'obsolete' : 'kept', path, before }];
};

export type Answer = 'mine' | 'generated';

/** The changes when nobody need be asked any more. `force` gives everything the text that Quintet renders. */
export const settled = (
  changes: readonly FileChange[],
  answers: ReadonlyMap<string, Answer>,
  force: boolean,
): readonly FileChange[] =>
  changes.map((change) => {
    if (change.kind !== 'conflict' && change.kind !== 'edited') return change;
    const answer = force ? 'generated' : (answers.get(change.path) ?? 'mine');
    return { ...change, kind: answer === 'generated' ? 'replace' : 'edited' };
  });

/** Whether a change alters the disk. */
export const touches = ({ kind }: FileChange): boolean =>
  kind === 'create' || kind === 'update' || kind === 'replace' || kind === 'obsolete';

/** The difference that a change makes, as a unified diff; empty when it makes none. */
export const unifiedDiff = (change: FileChange): string => {
  const before = 'before' in change ? plain(change.before) : '';
  const after = 'text' in change ? change.text : '';
  if (change.kind === 'unchanged' || before === after) return '';
  const from = change.kind === 'create' ? '/dev/null' : change.path;
  const to = 'text' in change ? change.path : '/dev/null';
  return createTwoFilesPatch(from, to, before, after, undefined, undefined, {
    context: 3,
    headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
  });
};
