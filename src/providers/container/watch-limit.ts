import { writeFile } from 'node:fs/promises';
import { readIfAny } from '../../host/files.js';
import { ComputerError } from '../../model/errors.js';
import type { Emit } from '../../model/events.js';

const file = '/proc/sys/fs/inotify/max_user_instances';
/** A machine takes about seven, and all labs of this computer share what the kernel gives root: 128 by default. */
const wanted = 1024;

/**
 * Raises the kernel's limit on file watchers, until the computer restarts, where it is too low for several labs. Too few
 * of them do not always stop a machine from booting: keepalived may just not see that HAProxy has died.
 */
export const ensureWatchers = async (emit: Emit): Promise<void> => {
  const current = Number(await readIfAny(file));
  if (!(current < wanted)) return;
  try {
    await writeFile(file, String(wanted));
    const text = `Raised fs.inotify.max_user_instances from ${current} to ${wanted} until this computer restarts: machines watch files.`;
    emit({ type: 'note', text });
  } catch {
    // In a container of its own Quintet may not: then a machine that needs more than there are says so at boot.
  }
};

/** The error for a machine that found no watcher left, or undefined when its words tell of something else. */
export const watchersExhausted = (machine: string, log: string): ComputerError | undefined => {
  if (!/inotify.*Too many open files/.test(log)) return undefined;
  return new ComputerError(`${machine} can't start: this computer's file watchers are used up by other containers.`, {
    hint: `End some of them, or: sudo sysctl --write fs.inotify.max_user_instances=${wanted}`,
    cause: log,
  });
};
