import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';

/** A folder that whoever asked for it removes. */
export const temporaryRoom = (): Promise<string> => mkdtemp(join(tmpdir(), 'quintet-test-'));

/** A folder that goes when the test ends. */
export const temporaryFolder = async (t: ExecutionContext): Promise<string> => {
  const folder = await temporaryRoom();
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
};
