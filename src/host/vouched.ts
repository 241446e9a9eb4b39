import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isRoot } from './caller.js';
import { ensureDir, exists, writeFileAtomic } from './files.js';
import { stateFolder } from './own-state.js';

/** A text, or several, by what they say and nothing else. */
const nameOf = (texts: readonly (string | undefined)[]): string =>
  createHash('sha256').update(JSON.stringify(texts)).digest('hex');

const recordOf = (texts: readonly (string | undefined)[]): string => join(stateFolder(), 'vouched', nameOf(texts));

/** Whether this user has said before that exactly this may be run on this computer. */
export const isVouchedFor = (texts: readonly (string | undefined)[]): Promise<boolean> =>
  exists(recordOf(texts)).catch(() => false);

/** Remembers it, outside of the lab folder. Who has no place for that is asked again. */
export const rememberVouched = async (texts: readonly (string | undefined)[], folder: string): Promise<void> => {
  try {
    await ensureDir(join(stateFolder(), 'vouched'), 0o700);
    await writeFileAtomic(recordOf(texts), `${folder}\n`, 0o600);
  } catch (error) {
    if (isRoot()) throw error;
  }
};
