import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { atMost, type LabDoor, labDoor } from '../host/lab-door.js';
import { labPaths } from '../host/lab-folder.js';
import { InputError } from '../model/errors.js';
import type { RecordEvent, VerificationRecord } from '../model/history.js';
import { eventProblem } from '../model/record-schema.js';

export const historyName = 'history.jsonl';

/** Where the record of a verification lies: through which folder it is reached, and its history's path in there. */
export interface RunPlace {
  readonly door: LabDoor;
  /** The path of history.jsonl, with `/`. */
  readonly history: string;
}

/** A record by the path of its history or of the folder that holds it; inside the lab, when there is one, as a part of it. */
export const runAt = (path: string, lab?: string): RunPlace => {
  const file = resolve(path.endsWith('.jsonl') ? path : join(path, historyName));
  const inLab = lab === undefined ? '..' : relative(lab, file);
  if (lab !== undefined && inLab.split(sep)[0] !== '..' && !isAbsolute(inLab)) {
    return { door: labDoor(lab), history: inLab.split(sep).join('/') };
  }
  return { door: labDoor(dirname(file)), history: basename(file) };
};

/** The folder that a record lies in, to be told. */
export const folderOf = ({ door, history }: RunPlace): string => dirname(door.shown(history));

/** A lab's latest verification, or the one so many before it; an InputError when there is none. */
export const latestRun = async (labFolder: string, before = 0): Promise<RunPlace> => {
  const door = labDoor(labFolder);
  const names = door.names(labPaths.reports);
  const latest = names.at(-1 - before);
  if (latest !== undefined) return { door, history: `${labPaths.reports}/${latest}/${historyName}` };
  if (names.length > 0) {
    throw new InputError('This lab has been verified only once: there is nothing to compare it with.', {
      hint: 'quintet verify makes another report; quintet report --compare A B takes those of other labs as well.',
    });
  }
  throw new InputError('This lab has not been verified yet: there is no report.', {
    hint: 'quintet verify makes one.',
  });
};

/** The record at a place. A last line that was cut off is left out. */
export const readRecord = async ({ door, history }: RunPlace): Promise<VerificationRecord> => {
  const file = door.shown(history);
  const text = door.text(history, { most: atMost.recorded });
  if (text === undefined) {
    throw new InputError(`There is no record of a verification: ${file}`, { hint: 'quintet verify makes one.' });
  }
  const lines = text.split('\n');
  const events = lines.flatMap((line, index) => eventOf(line, index === lines.length - 1, `${file}:${index + 1}`));
  const [first] = events;
  if (first?.type !== 'verification-started' || first.version !== 1) {
    throw new InputError(`${file} is no record that this Quintet understands.`, {
      hint: 'It begins with a line of type verification-started and version 1.',
    });
  }
  for (const [index, event] of events.entries()) {
    const problem = eventProblem(event);
    if (problem === undefined) continue;
    throw new InputError(`${file}:${index + 1} is damaged: ${problem}`, {
      hint: 'What quintet verify wrote was changed, or something else wrote this file.',
    });
  }
  return events;
};

const eventOf = (line: string, isLast: boolean, place: string): RecordEvent[] => {
  if (line === '') return [];
  try {
    return [JSON.parse(line) as RecordEvent];
  } catch (cause) {
    if (isLast) return [];
    throw new InputError(`${place} is no line of JSON.`, { cause });
  }
};
