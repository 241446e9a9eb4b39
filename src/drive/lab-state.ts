import * as z from 'zod';
import { labDoor } from '../host/lab-door.js';
import { labPaths, writeLabFile } from '../host/lab-folder.js';
import type { MachineRecord } from './lifecycle.js';

const record = z.object({
  step: z.enum(['create', 'start', 'provision', 'save', 'restore', 'stop', 'destroy']),
  result: z.enum(['begun', 'done', 'failed']),
  madeFrom: z.string().optional(),
  shape: z.string().optional(),
  provisionedWith: z.string().optional(),
  fresh: z.boolean().optional(),
});
const file = z.object({ version: z.literal(1), machines: z.record(z.string(), z.unknown()) });

/** What `.quintet/state.json` says; a missing, damaged or foreign file (or entry) says nothing. */
export const parseState = (text: string | undefined): Map<string, MachineRecord> => {
  const entries = Object.entries(machinesIn(text)).map(([name, value]) => [name, record.safeParse(value)] as const);
  return new Map(
    entries.flatMap(([name, parsed]) => (parsed.success ? [[name, parsed.data as MachineRecord] as const] : [])),
  );
};

const machinesIn = (text: string | undefined): Record<string, unknown> => {
  try {
    const parsed = file.safeParse(JSON.parse(text ?? ''));
    return parsed.success ? parsed.data.machines : {};
  } catch {
    return {};
  }
};

/** What is remembered of a lab's machines, on disk before anything goes on. */
export class LabState {
  readonly #folder: string;
  readonly #records: Map<string, MachineRecord>;
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  private constructor(folder: string, records: Map<string, MachineRecord>) {
    this.#folder = folder;
    this.#records = records;
  }

  static async of(folder: string): Promise<LabState> {
    return new LabState(folder, parseState(labDoor(folder).text(labPaths.state)));
  }

  get machines(): readonly string[] {
    return [...this.#records.keys()].sort();
  }

  get(machine: string): MachineRecord | undefined {
    return this.#records.get(machine);
  }

  /** Resolves when it is on disk; `undefined` forgets the machine. One write carries all that was set while it waited. */
  set(machine: string, next: MachineRecord | undefined): Promise<void> {
    if (next === undefined) this.#records.delete(machine);
    else this.#records.set(machine, next);
    if (this.#next) return this.#next;
    const write = () => {
      this.#next = undefined;
      return this.#write();
    };
    this.#next = this.#writing.then(write, write);
    this.#writing = this.#next;
    return this.#next;
  }

  async #write(): Promise<void> {
    if (this.#records.size === 0) return labDoor(this.#folder).remove(labPaths.state);
    const machines = Object.fromEntries([...this.#records].sort(([a], [b]) => (a < b ? -1 : 1)));
    const text = `${JSON.stringify({ version: 1, machines }, null, 2)}\n`;
    await writeLabFile(this.#folder, labPaths.state, text);
  }
}
