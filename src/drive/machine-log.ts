import { stripVTControlCharacters } from 'node:util';
import { labDoor } from '../host/lab-door.js';
import { labPaths } from '../host/lab-folder.js';
import type { Emit } from '../model/events.js';

const tailLength = 20;

/** The words of one machine (or of the whole lab): all of them in a file, the last ones at hand for an error. */
export interface MachineLog {
  readonly emit: Emit;
  /** The last lines of the step under way. */
  tail(): string;
  /** Resolves when every line so far is in the file (or could not be written). */
  flush(): Promise<void>;
}

/**
 * Passes events on and keeps their lines, step by step, in `.quintet/logs/<name>.log` (0600). A log that can't be written does not stop
 * the work: whatever is wrong with the disk, the next record of a step says it.
 */
export const openLog = (folder: string, name: string, forward: Emit, wallClock: () => string): MachineLog => {
  const path = labPaths.log(name);
  let lines: string[] = [];
  let pending: string[] = [];
  let writing: Promise<void> = Promise.resolve();
  const write = async () => {
    const text = pending.map((line) => `${line}\n`).join('');
    pending = [];
    if (text === '') return;
    const file = await labDoor(folder).appending(path, 0o600);
    try {
      await file.appendFile(text);
    } finally {
      await file.close();
    }
  };
  const keep = (line: string) => {
    pending.push(line);
    if (pending.length === 1) {
      writing = writing.then(write).catch(() => undefined);
    }
  };
  return {
    emit: (event) => {
      if (event.type === 'step-started' && event.machine === name) {
        lines = [];
        keep(`--- ${wallClock()} ${event.step}`);
      }
      if (event.type === 'output') {
        lines = [...lines.slice(1 - tailLength), stripVTControlCharacters(event.line)];
        keep(event.line);
      }
      forward(event);
    },
    tail: () => lines.join('\n'),
    flush: () => writing,
  };
};
