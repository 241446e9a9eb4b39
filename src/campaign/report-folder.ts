import type { FileHandle } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileError } from '../host/files.js';
import { labDoor } from '../host/lab-door.js';
import { labPaths } from '../host/lab-folder.js';
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
  const door = labDoor(labFolder);
  const own = `${labPaths.reports}/${asName(wallClock)}`;
  const historyPath = door.shown(`${own}/history.jsonl`);
  const history = await door.appending(`${own}/history.jsonl`);
  const queue = new LineQueue(history);
  let closed: Promise<void> | undefined;
  return {
    path: door.shown(own),
    record: (event) => queue.add(`${JSON.stringify(event)}\n`),
    write: (name, text) => door.write(`${own}/${name}`, text),
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

/** A hundred answers a second would be as many writes. */
const gatherMs = 50;

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
    while (this.#pending !== '') {
      await delay(gatherMs);
      const text = this.#pending;
      this.#pending = '';
      await this.file.appendFile(text);
    }
    this.#writing = undefined;
  }
}
