import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { quintet } from './quintet.js';
import { temporaryRoom } from './temporary.js';

/** A folder for a lab that a test file has for itself, in a room of its own; both go at the file's end, machines and all. */
export const ownLab = async (): Promise<{ readonly room: string; readonly lab: string }> => {
  const room = await temporaryRoom();
  const lab = join(room, 'lab');
  test.after.always('its own lab goes', async () => {
    await quintet(lab, 'destroy', '--yes');
    await rm(room, { recursive: true, force: true });
  });
  return { room, lab };
};
