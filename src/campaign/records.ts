import { join } from 'node:path';
import { namesIn, readIfAny } from '../host/files.js';
import { InputError } from '../model/errors.js';
import type { RecordEvent, VerificationRecord } from '../model/history.js';

export const historyName = 'history.jsonl';

/** The folder of a lab's latest verification; an InputError when there is none. */
export const latestRun = async (labFolder: string): Promise<string> => {
  const latest = (await namesIn(join(labFolder, 'reports'))).sort().at(-1);
  if (latest !== undefined) return join(labFolder, 'reports', latest);
  throw new InputError('This lab has not been verified yet: there is no report.', {
    hint: 'quintet verify makes one.',
  });
};

/** A record from its history.jsonl or the folder that holds it. A last line that was cut off is left out. */
export const readRecord = async (path: string): Promise<VerificationRecord> => {
  const file = path.endsWith('.jsonl') ? path : join(path, historyName);
  const text = await readIfAny(file);
  if (text === undefined) {
    throw new InputError(`There is no record of a verification: ${file}`, { hint: 'quintet verify makes one.' });
  }
  const lines = text.split('\n');
  const events = lines.flatMap((line, index) => eventOf(line, index === lines.length - 1, `${file}:${index + 1}`));
  const [first] = events;
  if (first?.type === 'verification-started' && first.version === 1) return events;
  throw new InputError(`${file} is no record that this Quintet understands.`, {
    hint: 'It begins with a line of type verification-started and version 1.',
  });
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
