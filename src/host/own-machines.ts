import { dirname, join } from 'node:path';
import { isRoot } from './caller.js';
import { ensureDir, namesIn, readIfAny, removeTree, writeFileAtomic } from './files.js';
import { stateFolder } from './own-state.js';

/** Which virtual machines are a lab's own, written down outside of all labs: a lab folder can name any. */
const machinesOf = async (id: string): Promise<string[]> =>
  (await namesIn(machinesFolder())).filter((name) => name.startsWith(`${id}-`));

const machinesFolder = (): string => join(stateFolder(), 'machines');

const machineRecord = (id: string, machine: string): string => join(machinesFolder(), `${id}-${machine}`);

/** The hypervisor's id of a machine that was once found to be this lab's own. */
export const machineIdOf = async (id: string, machine: string): Promise<string | undefined> =>
  (await readIfAny(machineRecord(id, machine)).catch(() => undefined))?.trim();

/** Writes down that a machine is this lab's own, where the lab folder can't say otherwise. */
export const bindMachine = async (id: string, machine: string, machineId: string): Promise<void> => {
  const path = machineRecord(id, machine);
  const write = async () => {
    await ensureDir(dirname(path), 0o700);
    await writeFileAtomic(path, `${machineId}\n`, 0o600);
  };
  await write().catch((error: unknown) => (isRoot() ? Promise.reject(error) : undefined));
};

/** The hypervisor's ids of all machines that were written down for a lab. */
export const boundMachines = async (id: string): Promise<string[]> => {
  const texts = (await machinesOf(id)).map((name) => readIfAny(join(machinesFolder(), name)).catch(() => undefined));
  return (await Promise.all(texts)).flatMap((text) => text?.trim() || []);
};

/** Whether any machine was written down for a lab. */
export const hasBoundMachines = async (id: string): Promise<boolean> => (await machinesOf(id)).length > 0;

/** They are gone, or nobody's any more. */
export const releaseMachines = async (id: string): Promise<void> => {
  for (const name of await machinesOf(id)) await removeTree(join(machinesFolder(), name));
};
