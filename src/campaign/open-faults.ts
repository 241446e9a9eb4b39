import * as z from 'zod';
import { systemClock } from '../host/clock.js';
import { labDoor } from '../host/lab-door.js';
import { labPaths, writeLabFile } from '../host/lab-folder.js';
import { ComputerError } from '../model/errors.js';
import type { DistributiveOmit, Emit } from '../model/events.js';
import type { FaultEvent, HealEvent } from '../model/history.js';
import { directions, type FaultKind, faultKinds, faultOptions } from '../model/scenario.js';
import { serviceNames } from '../plan/services.js';
import type { LabSite, Provider } from '../providers/provider.js';
import { type FaultAnswer, faultTable, type HealAnswer, type OpenFault } from './faults/fault-table.js';

const path = labPaths.faults;

/** Anybody can have written it: a fault that there is none of is no fault. */
const file = z.object({
  faults: z.array(
    z.object({
      machine: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
      fault: z.enum(faultKinds),
      service: z.enum(serviceNames).optional(),
      direction: z.enum(directions).optional(),
      percent: z.number().int().min(1).max(100).optional(),
      bySeconds: z.number().int().optional(),
      path: z.string().regex(/^\//).optional(),
    }),
  ),
});

const same = (one: OpenFault, other: OpenFault): boolean =>
  (['machine', 'fault', ...faultOptions] as const).every((key) => one[key] === other[key]);

/** The faults of a lab that were made, or begun, and not undone yet. */
export const readOpenFaults = async (folder: string): Promise<OpenFault[]> => {
  const text = labDoor(folder).text(path);
  if (text === undefined) return [];
  try {
    return file.parse(JSON.parse(text)).faults as OpenFault[];
  } catch (cause) {
    throw new ComputerError(`${path} is damaged: which faults are still open is not known.`, {
      hint: 'Plug every cable in and start every machine (quintet up), then remove that file.',
      cause,
    });
  }
};

/** The end of the last change of the list: several faults may be made and undone at once, but the list has one writer. */
let written: Promise<unknown> = Promise.resolve();

const changeList = (folder: string, change: (open: readonly OpenFault[]) => readonly OpenFault[]): Promise<void> => {
  const work = async () => {
    const faults = change(await readOpenFaults(folder));
    await writeLabFile(folder, path, `${JSON.stringify({ version: 1, faults }, null, 2)}\n`);
  };
  const mine = written.then(work, work);
  written = mine;
  return mine;
};

/** Makes a fault, having first written down that it is open: whatever ends Quintet now, `heal` finds it. */
export const makeFault = async (site: LabSite, provider: Provider, open: OpenFault): Promise<FaultAnswer> => {
  await changeList(site.folder, (known) => [...known.filter((each) => !same(each, open)), open]);
  return (await faultTable[open.fault].make({ plan: site.plan, provider }, open)) ?? {};
};

/** Undoes a fault, and only then strikes it off the list. */
export const undoFault = async (site: LabSite, provider: Provider, open: OpenFault): Promise<HealAnswer> => {
  let said: HealAnswer = {};
  await faultTable[open.fault].undo({ plan: site.plan, provider }, open, (answer) => {
    said = answer;
  });
  await changeList(site.folder, (known) => known.filter((each) => !same(each, open)));
  return said;
};

/** Makes or undoes a fault outside of any run. Like everything else that happens it is told, with how long it took. */
export const byHand = async (
  emit: Emit,
  what: DistributiveOmit<FaultEvent | HealEvent, 'atMs' | 'tookMs'>,
  action: () => Promise<FaultAnswer | HealAnswer>,
): Promise<void> => {
  const monotonicMs = systemClock.nowMs();
  const said = await action();
  emit({ ...what, ...said, monotonicMs, tookMs: Math.round(systemClock.nowMs() - monotonicMs) });
};

/**
 * What is paused first, for it can't be told anything; then the network, power and the rest: a process is started on a
 * machine that has power again.
 */
const firstHealed: readonly FaultKind[] = [
  'machine-paused',
  'cable-cut',
  'vrrp-partition',
  'cluster-partition',
  'packet-loss',
  'power-cut',
];

const turnOf = ({ fault }: OpenFault): number => {
  const place = firstHealed.indexOf(fault);
  return place === -1 ? firstHealed.length : place;
};

/** Undoes every open fault of a lab; one that can't be undone hides no other and is thrown at the end. Returns those undone. */
export const heal = async (site: LabSite, provider: Provider, emit: Emit): Promise<OpenFault[]> => {
  await provider.favour?.(false);
  const open = (await readOpenFaults(site.folder)).sort((one, other) => turnOf(one) - turnOf(other));
  const healed: OpenFault[] = [];
  const failures: unknown[] = [];
  for (const fault of open) {
    try {
      await byHand(emit, { type: 'heal', ...fault }, () => undoFault(site, provider, fault));
      healed.push(fault);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return healed;
};
