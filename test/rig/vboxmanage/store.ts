import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureDir, readIfAny, writeFileAtomic } from '../../../src/host/files.js';
import { withLock } from '../../../src/host/lock.js';

/** How one network card is attached, as `modifyvm` says it. */
export interface Nic {
  readonly kind: string;
  /** The host-only or internal network it is on. */
  readonly network?: string;
  readonly mac: string;
  readonly cable: boolean;
}

export interface Snapshot {
  name: string;
  readonly uuid: string;
  /** The one it was taken upon. */
  parent?: string | undefined;
  /** The machine's settings as they were then; a restore brings them back with the disk. */
  readonly settings: Pick<Vm, 'nics' | 'forwards' | 'memoryMb' | 'cpus'>;
}

export interface Vm {
  readonly uuid: string;
  name: string;
  /** The folders its disk rests on, uppermost first. */
  readonly layers: readonly string[];
  /** By number; cards that are not here are `none`. */
  nics: Record<string, Nic>;
  /** Port forwards of card 1 by name: `tcp,127.0.0.1,2222,,22`. */
  forwards: Record<string, string>;
  memoryMb: number;
  cpus: number;
  /** Switched on by `startvm` and not off since; the truth is whether its first process lives. */
  power: 'off' | 'on' | 'paused';
  /** A parent stands before its children. */
  snapshots: Snapshot[];
  /** The snapshot that the present state rests on. */
  currentSnapshot?: string | undefined;
}

export interface HostOnly {
  readonly name: string;
  ip: string;
  mask: string;
}

export interface State {
  vms: Vm[];
  hostOnly: HostOnly[];
  /** How often what each misfortune waits for was called, by its key. */
  calls: Record<string, number>;
}

/** Fails the `nth` call of `verb` (`startvm`, `controlvm poweroff`, …) and those after it, `times` in all. */
export interface Misfortune {
  readonly verb: string;
  readonly nth: number;
  readonly times?: number;
  readonly stderr: string;
  readonly exitCode?: number;
  readonly delayMs?: number;
}

/** One of a list that was ordered. Its key is its own: what an earlier list counted does not count for it. */
export interface OrderedMisfortune extends Misfortune {
  readonly key: string;
}

export const ordered = (list: readonly Misfortune[], stamp: string): readonly OrderedMisfortune[] =>
  list.map((one, index) => ({ ...one, key: `${stamp} ${index}` }));

/** One call as it is logged, a line of JSON each. */
export interface Call {
  readonly argv: readonly string[];
  readonly exitCode: number;
  readonly atMs: number;
  readonly tookMs: number;
  readonly stderr?: string;
}

const empty: State = { vms: [], hostOnly: [], calls: {} };

/** Where the stand-in keeps all it has; one folder for each rig. */
export const paths = (home: string) => ({
  /** Where the service listens. */
  service: join(home, 'service'),
  state: join(home, 'state.json'),
  calls: join(home, 'calls.jsonl'),
  misfortunes: join(home, 'misfortunes.json'),
  /** The port of an apt proxy that machines may use; absent where they are to have no way out at all. */
  aptProxy: join(home, 'apt-proxy'),
  /** What Vagrant takes for VirtualBox's own folder: it removes sub-folders of it that hold no file. */
  settings: join(home, 'VirtualBox VMs'),
  machine: (uuid: string) => join(home, 'machines', uuid),
  snapshot: (uuid: string) => join(home, 'snapshots', uuid),
});

const readState = async (home: string): Promise<State> => {
  const text = await readIfAny(paths(home).state);
  return text === undefined ? structuredClone(empty) : (JSON.parse(text) as State);
};

/** Reads the state, lets `work` change it and writes it again; one at a time over all processes of the rig. */
export const transaction = <T>(home: string, work: (state: State) => Promise<T>): Promise<T> =>
  withLock('vboxmanage-state', { wait: true }, async () => {
    await ensureDir(home);
    const state = await readState(home);
    try {
      return await work(state);
    } finally {
      await writeFileAtomic(paths(home).state, JSON.stringify(state, null, 1));
    }
  });

export const logCall = (home: string, call: Call): Promise<void> =>
  appendFile(paths(home).calls, `${JSON.stringify(call)}\n`);

export const readCalls = async (home: string): Promise<Call[]> =>
  ((await readIfAny(paths(home).calls)) ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Call);

export const readMisfortunes = async (home: string): Promise<OrderedMisfortune[]> =>
  JSON.parse((await readIfAny(paths(home).misfortunes)) ?? '[]') as OrderedMisfortune[];
