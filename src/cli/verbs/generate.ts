import { type FileChange, touches, unifiedDiff } from '../../drive/lab-files.js';
import { type Context, flag, type RunVerb } from '../context.js';
import { generateLab } from '../generate-lab.js';
import { openLab } from '../open-lab.js';
import { locked } from '../work.js';

export const generate: RunVerb = async (context, words) => {
  const opened = await openLab(context);
  const dryRun = flag(words, 'dryRun');
  const { changes } = await locked(context, opened, () =>
    generateLab(context, opened, { force: flag(words, 'force'), dryRun }),
  );
  if (dryRun) showDifferences(context, changes);
  else context.say(summary(changes));
  return undefined;
};

const showDifferences = (context: Context, changes: readonly FileChange[]): void => {
  const diffs = changes.map(unifiedDiff).filter((diff) => diff !== '');
  if (diffs.length > 0) context.out(diffs.join('\n'));
  context.say(diffs.length === 0 ? 'Nothing would change.' : `${diffs.length} files differ; nothing was written.`);
};

/** `3 files written, 1 removed; 2 that you edited stay as they are.` */
export const summary = (changes: readonly FileChange[]): string => {
  const count = (...kinds: readonly FileChange['kind'][]) => changes.filter(({ kind }) => kinds.includes(kind)).length;
  const edited = count('edited', 'kept');
  const done = changes.some(touches)
    ? `${count('create', 'update', 'replace')} files written, ${count('obsolete')} removed`
    : 'Everything is up to date';
  return `${done}${edited === 0 ? '' : `; ${edited} that you edited stay as they are`}.`;
};
