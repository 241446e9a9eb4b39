import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureDir, fileError, writeFileAtomic } from '../host/files.js';
import type { RecordEvent } from '../model/history.js';

/** `reports/<time>/` of a lab: the history as it happens, the reports at the end. */
export interface ReportFolder {
  readonly path: string;
  /** Appends an event to history.jsonl. */
  record(event: RecordEvent): void;
  /** A file by its path in the folder. */
  write(name: string, text: string): Promise<void>;
  /** Waits until all that was recorded is written; throws what went wrong on the way. */
  close(): Promise<void>;
}

/** A time as a folder's name, on every file system: 2026-11-22T19-05-08-123Z. */
const asName = (wallClock: string): string => wallClock.replaceAll(/[:.]/g, '-');

export const openReportFolder = async (labFolder: string, wallClock: string): Promise<ReportFolder> => {
  const path = join(labFolder, 'reports', asName(wallClock));
  await ensureDir(path);
  const historyPath = join(path, 'history.jsonl');
  const history = await open(historyPath, 'a').catch((error: unknown) => {
    throw fileError('write', historyPath, error);
  });
  const queue = new LineQueue(history);
  let closed: Promise<void> | undefined;
  return {
    path,
    record: (event) => queue.add(`${JSON.stringify(event)}\n`),
    write: async (name, text) => {
      await ensureDir(dirname(join(path, name)));
      await writeFileAtomic(join(path, name), text);
    },
    close: () => {
      closed ??= closeAfter(queue, history, historyPath);
      return closed;
    },
  };
};

const closeAfter = async (queue: LineQueue, history: FileHandle, path: string): Promise<void> => {
  try {
    await queue.drain();
  } catch (error) {
    throw fileError('write', path, error);
  } finally {
    await history.close();
  }
};

/** Writes lines in order, as many at a time as have gathered meanwhile. */
class LineQueue {
  #pending = '';
  #writing: Promise<void> | undefined;

  constructor(readonly file: FileHandle) {}

  add(line: string): void {
    this.#pending += line;
    this.#writing ??= this.#write();
    this.#writing.catch(() => undefined);
  }

  async drain(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    await Promise.resolve();
    while (this.#pending !== '') {
      const text = this.#pending;
      this.#pending = '';
      await this.file.appendFile(text);
    }
    this.#writing = undefined;
  }
}
