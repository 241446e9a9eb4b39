import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfAny } from '../../host/files.js';
import type { LabSite } from '../provider.js';
import { groupPaths, hierarchies } from './cgroups.js';
import { groupName, machineFolder } from './names.js';

/** What moves while a machine boots, seen from outside. systemd writes a line on the console for each unit that is done. */
export interface BootSigns {
  readonly consoleBytes: number;
  /** Of all its processes. */
  readonly processorMs: number;
}

/** How long a machine may stand still while it boots. On a busy computer even its first process waits for its turn. */
export const stuckAfterMs = 60_000;

/** Less in a while is the ticking of a machine that waits. */
const workMs = 50;
/** A boot takes one or two seconds of a processor; one that has used so much more works on nothing that ends. */
const mostProcessorMs = 60_000;

/** Whether a machine has got on; `before` is how it was when it last did. */
export const hasGotOn = (before: BootSigns, now: BootSigns): boolean =>
  now.consoleBytes !== before.consoleBytes ||
  (now.processorMs - before.processorMs >= workMs && now.processorMs <= mostProcessorMs);

/** Milliseconds of a processor that the group's files tell of: in microseconds, or (version 1) in nanoseconds. */
const processorMsOf = async (path: string, version: 1 | 2): Promise<number> => {
  const text = await readIfAny(join(path, version === 2 ? 'cpu.stat' : 'cpuacct.usage')).catch(() => undefined);
  if (text === undefined) return 0;
  return version === 2 ? Number(/^usage_usec (\d+)$/m.exec(text)?.[1] ?? 0) / 1e3 : Number(text) / 1e6;
};

export const bootSigns = async (site: LabSite, machine: string): Promise<BootSigns> => {
  const name = groupName(site, machine);
  const groups = (await hierarchies()).flatMap((one) =>
    groupPaths([one], name).map((path) => processorMsOf(path, one.version)),
  );
  const console = await stat(machineFolder(site, machine).console).catch(() => undefined);
  return { consoleBytes: console?.size ?? 0, processorMs: Math.max(0, ...(await Promise.all(groups))) };
};

export interface Patience {
  /** How long nothing may move. */
  readonly stuckAfterMs: number;
  /** How long it may take before somebody is told what is waited for. */
  readonly tellAfterMs: number;
  readonly everyMs: number;
}

export const bootPatience: Patience = { stuckAfterMs, tellAfterMs: 20_000, everyMs: 1000 };

export interface BootWatch {
  /** Fires when the machine stands still. */
  readonly stuck: AbortSignal;
  end(): void;
}

/** Watches a machine until it stands still or `end` is called; `onSlow` is called once when it takes its time. */
export const watchBoot = (
  look: () => Promise<BootSigns>,
  patience: Patience,
  onSlow: () => Promise<void>,
): BootWatch => {
  const stuck = new AbortController();
  const began = performance.now();
  let last: { readonly signs: BootSigns; readonly at: number } | undefined;
  let told = false;
  let timer: NodeJS.Timeout;
  let ended = false;
  const sample = async (): Promise<void> => {
    const signs = await look();
    const at = performance.now();
    if (last === undefined || hasGotOn(last.signs, signs)) last = { signs, at };
    else if (at - last.at > patience.stuckAfterMs) return stuck.abort();
    if (!told && at - began > patience.tellAfterMs) {
      told = true;
      await onSlow();
    }
  };
  const next = (): void => {
    timer = setTimeout(() => {
      void sample()
        .catch(() => undefined)
        .finally(() => ended || stuck.signal.aborted || next());
    }, patience.everyMs);
  };
  next();
  return {
    stuck: stuck.signal,
    end: () => {
      ended = true;
      clearTimeout(timer);
    },
  };
};
