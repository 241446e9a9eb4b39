import * as z from 'zod';
import { labDoor } from '../host/lab-door.js';
import { labPaths, writeLabFile } from '../host/lab-folder.js';
import { ComputerError } from '../model/errors.js';

const kept = z.object({
  /** Wall clock, ISO 8601. */
  takenAt: z.string(),
  /** False from before the first machine is touched until the last one is saved; and again while it is removed. */
  whole: z.boolean(),
  machines: z.record(
    z.string(),
    z.object({
      /** Whether it ran when it was saved. */
      running: z.boolean(),
      /** The hash of what it was provisioned with; absent when it was not, or not to the end. */
      provisionedWith: z.string().optional(),
    }),
  ),
});
const file = z.object({ version: z.literal(1), snapshots: z.record(z.string(), kept) });

/** A snapshot of a lab: all machines that there were, at one moment. The disks themselves are the provider's. */
export type KeptSnapshot = z.infer<typeof kept>;
export type KeptSnapshots = Readonly<Record<string, KeptSnapshot>>;

/** What `.quintet/snapshots.json` says. Unlike a machine's state it can't be found out again by looking. */
export const readKept = async (folder: string): Promise<KeptSnapshots> => {
  const door = labDoor(folder);
  const text = door.text(labPaths.snapshots);
  if (text === undefined) return {};
  try {
    return file.parse(JSON.parse(text)).snapshots;
  } catch (cause) {
    throw new ComputerError(`${door.shown(labPaths.snapshots)} is damaged: what the snapshots hold is not known.`, {
      hint: 'Remove that file; quintet destroy then removes the snapshots themselves, with the machines.',
      cause,
    });
  }
};

/** Writes one entry anew; undefined removes it. */
export const keep = async (folder: string, name: string, entry: KeptSnapshot | undefined): Promise<void> => {
  const { [name]: _, ...others } = await readKept(folder);
  const snapshots = entry === undefined ? others : { ...others, [name]: entry };
  await writeLabFile(folder, labPaths.snapshots, `${JSON.stringify({ version: 1, snapshots }, null, 2)}\n`);
};
