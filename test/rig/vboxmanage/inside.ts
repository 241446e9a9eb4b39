import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bring } from '../../../src/drive/bring.js';
import type { Wanted } from '../../../src/drive/lifecycle.js';
import { restoreSnapshot } from '../../../src/drive/restore-snapshot.js';
import { saveSnapshot } from '../../../src/drive/save-snapshot.js';
import { listSnapshots } from '../../../src/drive/snapshots.js';
import { labDoor } from '../../../src/host/lab-door.js';
import { labFile, labId } from '../../../src/host/lab-folder.js';
import { parseLab } from '../../../src/lab/parse-lab.js';
import { QuintetError } from '../../../src/model/errors.js';
import type { LabEvent } from '../../../src/model/events.js';
import { planOf } from '../../../src/plan/plan.js';
import type { ExecOptions } from '../../../src/providers/provider.js';
import { vagrantProvider } from '../../../src/providers/vagrant/vagrant.js';

/**
 * Runs in a rig's network, where this process can't go by itself, and does what a test asks of a lab there: a line of JSON
 * for each question, each event and each answer.
 */
const folder = process.argv[2] ?? '';
const parsed = parseLab(await readFile(join(folder, labFile), 'utf8'), 'lab.yaml', { memoryMb: 65_536, cores: 16 });
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
const site = { folder, id: await labId(folder), plan: planOf(parsed.lab) };
const provider = vagrantProvider(site);

const tell = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const emit = (event: LabEvent): void =>
  tell({ event: 'error' in event ? { ...event, error: event.error.message } : event });

let controller = new AbortController();

const snapshotWork = () => ({ site, provider, emit, signal: controller.signal });

const calls = {
  bring: (wanted: Wanted, machines: string[], options: object = {}) =>
    bring(site, provider, wanted, machines, emit, { ...options, signal: controller.signal }),
  saveSnapshot: (name: string) => saveSnapshot(snapshotWork(), name),
  restoreSnapshot: (name: string) => restoreSnapshot(snapshotWork(), name),
  listSnapshots: () => listSnapshots(snapshotWork()),
  abort: async () => {
    controller.abort();
    controller = new AbortController();
  },
  state: (machine: string) => provider.state(machine),
  exec: (machine: string, argv: string[], options?: ExecOptions) => provider.exec(machine, argv, options),
  execUntilAborted: (machine: string, argv: string[]) => provider.exec(machine, argv, { signal: controller.signal }),
  shell: (machine: string) => provider.shell(machine),
  upload: (machine: string, from: string, to: string) =>
    provider.upload(machine, labDoor(from).contents('') ?? new Map(), to),
  leftovers: () => provider.leftovers(),
  cutPower: (machine: string) => provider.faults.cutPower?.(machine),
  restorePower: (machine: string) => provider.faults.restorePower?.(machine),
  cutCable: (machine: string) => provider.faults.cutCable?.(machine),
  plugCable: (machine: string) => provider.faults.plugCable?.(machine),
} as const;

export type Calls = typeof calls;

const answer = async (id: number, name: keyof Calls, args: unknown[]): Promise<void> => {
  try {
    const call = calls[name] as (...args: unknown[]) => Promise<unknown> | undefined;
    tell({ id, result: (await call(...args)) ?? null });
  } catch (error) {
    const known = error instanceof QuintetError;
    const log = (error as { log?: string }).log ?? '';
    const { name: kind, message, stack } = error as Error;
    tell({ id, error: { kind, message, hint: known ? error.hint : undefined, log, stack } });
  }
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, name, args } = JSON.parse(line) as { id: number; name: keyof Calls; args: unknown[] };
  void answer(id, name, args);
}
