import { join } from 'node:path';
import { readIfAny } from '../host/files.js';
import { writeLabFile } from '../host/lab-folder.js';
import { ComputerError } from '../model/errors.js';
import type { Emit } from '../model/events.js';
import type { LabSite, Provider } from '../providers/provider.js';
import { faultTable, type OpenFault } from './faults.js';

const path = '.quintet/faults.json';

const same = (one: OpenFault, other: OpenFault): boolean =>
  one.machine === other.machine && one.fault === other.fault && one.process === other.process;

/** The faults of a lab that were made, or begun, and not undone yet. */
export const readOpenFaults = async (folder: string): Promise<OpenFault[]> => {
  const text = await readIfAny(join(folder, path));
  if (text === undefined) return [];
  try {
    return (JSON.parse(text) as { faults: OpenFault[] }).faults;
  } catch (cause) {
    throw new ComputerError(`${path} is damaged: which faults are still open is not known.`, {
      hint: 'Plug every cable in and start every machine (quintet up), then remove that file.',
      cause,
    });
  }
};

const write = (folder: string, faults: readonly OpenFault[]): Promise<void> =>
  writeLabFile(folder, path, `${JSON.stringify({ version: 1, faults }, null, 2)}\n`);

/** Makes a fault, having first written down that it is open: whatever ends Quintet now, `heal` finds it. */
export const makeFault = async (site: LabSite, provider: Provider, open: OpenFault): Promise<void> => {
  const known = await readOpenFaults(site.folder);
  await write(site.folder, [...known.filter((each) => !same(each, open)), open]);
  await faultTable[open.fault].make(provider, open);
};

/** Undoes a fault, and only then strikes it off the list. */
export const undoFault = async (site: LabSite, provider: Provider, open: OpenFault): Promise<void> => {
  await faultTable[open.fault].undo(provider, open);
  const known = await readOpenFaults(site.folder);
  await write(
    site.folder,
    known.filter((each) => !same(each, open)),
  );
};

/** Cables first, then power, then processes: a process is started on a machine that has power again. */
const order = ['cable-cut', 'power-cut', 'process-killed'];

/** Undoes every open fault of a lab; one that can't be undone hides no other and is thrown at the end. Returns those undone. */
export const heal = async (site: LabSite, provider: Provider, emit: Emit): Promise<OpenFault[]> => {
  const open = (await readOpenFaults(site.folder)).sort(
    (one, other) => order.indexOf(one.fault) - order.indexOf(other.fault),
  );
  const healed: OpenFault[] = [];
  const failures: unknown[] = [];
  for (const fault of open) {
    try {
      await undoFault(site, provider, fault);
      emit({ type: 'note', text: `Healed ${fault.machine}: ${fault.fault}.` });
      healed.push(fault);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return healed;
};
