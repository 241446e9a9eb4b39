import type { ExecOptions, ExecResult } from '../host/command.js';
import type { Emit } from '../model/events.js';
import type { Pace } from '../model/pace.js';
import type { Plan } from '../model/plan.js';

export type { ExecOptions, ExecResult } from '../host/command.js';

/** `stopped`: its disk is there but it does not run; `paused`: it is switched on, but stands still as a whole. */
export type MachineState = 'absent' | 'stopped' | 'paused' | 'running';

/** Where a lab lies on this computer and what it is; given to a provider when it is made. */
export interface LabSite {
  /** Absolute path of the lab folder. */
  readonly folder: string;
  /** A short random name (hexadecimal) that stays with the folder; everything the provider makes is named by it. */
  readonly id: string;
  readonly plan: Plan;
  /** Somebody vouches for the lab (`--trust`): it may do what could harm this computer. */
  readonly trusted?: boolean;
  /**
   * To be called before anything of the lab folder is run on this computer itself. Returns when somebody has said that it may
   * be; throws an InputError when not.
   */
  readonly vouch?: () => Promise<void>;
}

/**
 * What every provider can do. All calls are idempotent, may follow a crash at any moment, and find out what is there by
 * looking, never by remembering.
 */
export interface Provider {
  /** What all machines need (base image, network). Emits events without a machine. */
  prepare(emit: Emit, signal?: AbortSignal): Promise<void>;
  /** Makes sure that all machines could be made from nothing: what they are made of is there, or is fetched now. */
  materials?(emit: Emit, signal?: AbortSignal): Promise<void>;
  state(machine: string): Promise<MachineState>;
  create(machine: string, emit: Emit, signal?: AbortSignal): Promise<void>;
  /** Returns when commands can be run in it; one that is paused goes on. */
  start(machine: string, emit: Emit, signal?: AbortSignal): Promise<void>;
  /** Graceful. */
  stop(machine: string, emit: Emit, signal?: AbortSignal): Promise<void>;
  destroy(machine: string, emit: Emit, signal?: AbortSignal): Promise<void>;
  /** Removes what `prepare` made for this lab alone; shared caches stay. */
  cleanUp(emit: Emit): Promise<void>;
  /** Whatever of this lab is still on the computer (process, mount, namespace, interface, folder), a line each. */
  leftovers(): Promise<string[]>;
  /** Runs a command as root in a machine. A command that fails is a result; a machine that can't be reached throws. */
  exec(machine: string, argv: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** The command that gives a person a shell in the machine. */
  shell(machine: string): Promise<readonly string[]>;
  /** Replaces the folder `to` in the machine by these files (path with `/` -> content), owned by root, for root alone. */
  upload(machine: string, files: ReadonlyMap<string, Uint8Array>, to: string): Promise<void>;
  /** The command line that runs `argv` at the vantage. */
  atVantage(argv: readonly string[]): readonly string[];
  /** What the machine said on its console; the path of a file, when there is one. */
  consoleLog(machine: string): string | undefined;
  /** How slow machines must be expected to be here; left out where nothing says so. */
  readonly pace?: Pace;
  /** A folder of this computer with the pressure (PSI) of what runs in a machine, or at the vantage, and of nothing else. */
  pressure?(who: string): Promise<string | undefined>;
  /** Asks for more of this computer than its neighbours get, as long as a lab is measured; `false` also after a crash. */
  favour?(on: boolean): Promise<void>;
  /** Lets a process at the vantage run before everything else, where plain real-time scheduling is not enough for that. */
  runFirst?(pid: number): Promise<void>;
  readonly faults: Faults;
  readonly snapshots?: Snapshots;
}

/**
 * What a machine's disk was at some moment, kept by a name of letters, digits, `.`, `_` and `-`. Each call is all or nothing,
 * and finishes or sweeps away what a former one that was killed has left. They go when the machine is destroyed.
 */
export interface Snapshots {
  /** The machine must be stopped. Replaces a snapshot of the same name. */
  save(machine: string, name: string): Promise<void>;
  /**
   * The same of a machine that runs, in a moment: its disk as if its power had been cut just then. It may be listed some seconds
   * later only. Left out where it is not cheap.
   */
  saveRunning?(machine: string, name: string): Promise<void>;
  /** Throws when the snapshot could not be put back: what it rests on, or room for it, is lacking. Touches nothing. */
  assertRestorable?(machine: string, name: string): Promise<void>;
  /** The machine must be stopped; what its disk held is lost. Throws a MachineError when there is no such snapshot. */
  restore(machine: string, name: string): Promise<void>;
  /** Names of the whole ones, sorted; none when the machine does not exist. */
  list(machine: string): Promise<string[]>;
  remove(machine: string, name: string): Promise<void>;
}

/** What can be done to a machine from outside. A provider leaves out what it cannot do; the scenario is then skipped. */
export interface Faults {
  /** Power off without warning. */
  cutPower?(machine: string): Promise<void>;
  /** Power on again and wait until commands run in it. */
  restorePower?(machine: string): Promise<void>;
  /** The lab network's cable is pulled; commands still reach the machine. */
  cutCable?(machine: string): Promise<void>;
  plugCable?(machine: string): Promise<void>;
  /** It stands still as a whole and answers nothing, but its cable stays in. One that is off is left as it is. */
  pause?(machine: string): Promise<void>;
  resume?(machine: string): Promise<void>;
}
