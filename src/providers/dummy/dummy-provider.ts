import { cp, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  ensureDir,
  exists,
  filesBelow,
  moveTo,
  namesIn,
  readIfAny,
  removeTree,
  writeFileAtomic,
} from '../../host/files.js';
import { MachineError } from '../../model/errors.js';
import type { Emit } from '../../model/events.js';
import type { ExecOptions, ExecResult, Faults, LabSite, MachineState, Provider, Snapshots } from '../provider.js';
import { type Call, type Deed, type Fate, Fortune } from './misfortune.js';

export interface DummyOptions extends Fate {
  /** The folder that stands for the computer: machines outlive the provider object there. */
  readonly root: string;
  /** What a command in a machine says; when left out, every command succeeds and says its last word. */
  readonly answer?: (machine: string, argv: readonly string[]) => ExecResult;
}

interface Replacement {
  readonly from: string;
  readonly copy: string;
  readonly place: string;
  /** What the machine must be meanwhile. */
  readonly state?: MachineState;
}

/**
 * Machines that are folders: `<root>/<lab id>/<machine>/` with the files `whole` (created to the end), `running` (empty
 * unless it is paused) and the trees `disk/` and `snapshots/<name>/`. It can be told to be slow, to fail and to be killed
 * at any call.
 */
export class DummyProvider implements Provider {
  readonly #home: string;
  readonly #answer: (machine: string, argv: readonly string[]) => ExecResult;
  readonly #fortune: Fortune;

  constructor(site: LabSite, options: DummyOptions) {
    this.#home = join(options.root, site.id);
    this.#answer = options.answer ?? ((_, argv) => ({ exitCode: 0, stdout: `${argv.at(-1) ?? ''}\n`, stderr: '' }));
    this.#fortune = new Fortune(options);
  }

  get isKilled(): boolean {
    return this.#fortune.isKilled;
  }

  get calls(): readonly Call[] {
    return this.#fortune.calls;
  }

  prepare(emit: Emit, signal?: AbortSignal): Promise<void> {
    const path = join(this.#home, 'network');
    const step = 'make the network';
    return this.#fortune.meet(
      { deed: 'prepare', signal },
      {
        first: async () => {
          emit({ type: 'step-started', step });
          await ensureDir(this.#home);
        },
        second: async () => {
          await writeFileAtomic(path, '');
          emit({ type: 'step-done', step, tookMs: 0 });
        },
      },
    );
  }

  state(machine: string): Promise<MachineState> {
    return this.#fortune.meet({ deed: 'state', machine }, { second: () => this.#look(machine) });
  }

  create(machine: string, emit: Emit, signal?: AbortSignal): Promise<void> {
    return this.#change('create', machine, emit, signal, {
      first: () => ensureDir(this.#at(machine, 'disk')),
      second: () => writeFileAtomic(this.#at(machine, 'whole'), ''),
    });
  }

  start(machine: string, emit: Emit, signal?: AbortSignal): Promise<void> {
    return this.#change('start', machine, emit, signal, {
      first: () => this.#must(machine, 'stopped', 'paused', 'running'),
      second: () => writeFileAtomic(this.#at(machine, 'running'), ''),
    });
  }

  stop(machine: string, emit: Emit, signal?: AbortSignal): Promise<void> {
    return this.#change('stop', machine, emit, signal, { second: () => this.#off(machine) });
  }

  destroy(machine: string, emit: Emit, signal?: AbortSignal): Promise<void> {
    return this.#change('destroy', machine, emit, signal, {
      first: () => this.#off(machine),
      second: () => removeTree(this.#at(machine)),
    });
  }

  cleanUp(_emit: Emit): Promise<void> {
    return this.#fortune.meet(
      { deed: 'cleanUp' },
      {
        second: async () => {
          await removeTree(join(this.#home, 'network'));
          if ((await namesIn(this.#home)).length === 0) await removeTree(this.#home);
        },
      },
    );
  }

  leftovers(): Promise<string[]> {
    const look = async () => (await namesIn(this.#home)).map((name) => `folder ${join(this.#home, name)}`);
    return this.#fortune.meet({ deed: 'leftovers' }, { second: look });
  }

  async exec(machine: string, argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const { signal, onLine } = options;
    const answer = async () => {
      await this.#must(machine, 'running');
      const result = this.#answer(machine, argv);
      for (const line of `${result.stdout}${result.stderr}`.split('\n').filter(Boolean)) onLine?.(line);
      return result;
    };
    return this.#fortune.meet({ deed: 'exec', machine, signal }, { second: answer });
  }

  async shell(machine: string): Promise<readonly string[]> {
    await this.#must(machine, 'running');
    return ['env', '-C', this.#at(machine, 'disk'), 'sh'];
  }

  upload(machine: string, files: ReadonlyMap<string, Uint8Array>, to: string): Promise<void> {
    const target = this.#at(machine, 'disk', to);
    return this.#fortune.meet(
      { deed: 'upload', machine },
      {
        first: async () => {
          await this.#must(machine, 'running');
          await removeTree(target);
        },
        second: async () => {
          await ensureDir(target, 0o700);
          for (const [path, content] of files) {
            await ensureDir(dirname(join(target, path)));
            await writeFileAtomic(join(target, path), content);
          }
        },
      },
    );
  }

  atVantage(argv: readonly string[]): readonly string[] {
    return argv;
  }

  consoleLog(machine: string): string {
    return this.#at(machine, 'console.log');
  }

  readonly faults: Faults = {
    cutPower: (machine) => this.#off(machine),
    restorePower: async (machine) => {
      await this.#must(machine, 'stopped', 'paused', 'running');
      await writeFileAtomic(this.#at(machine, 'running'), '');
    },
    cutCable: (machine) => writeFileAtomic(this.#at(machine, 'cable-cut'), ''),
    plugCable: (machine) => removeTree(this.#at(machine, 'cable-cut')),
    pause: async (machine) => {
      if ((await this.#look(machine)) === 'running') await writeFileAtomic(this.#at(machine, 'running'), 'paused');
    },
    resume: async (machine) => {
      if ((await this.#look(machine)) === 'paused') await writeFileAtomic(this.#at(machine, 'running'), '');
    },
  };

  readonly snapshots: Snapshots = {
    save: (machine, name) => {
      const [copy, place] = [this.#at(machine, 'snapshots', '.copy'), this.#at(machine, 'snapshots', name)];
      return this.#replace('save', machine, { from: this.#at(machine, 'disk'), copy, place });
    },
    saveRunning: (machine, name) => {
      const [copy, place] = [this.#at(machine, 'snapshots', '.copy'), this.#at(machine, 'snapshots', name)];
      return this.#replace('saveRunning', machine, { from: this.#at(machine, 'disk'), copy, place, state: 'running' });
    },
    restore: (machine, name) => {
      const [copy, place] = [this.#at(machine, 'next'), this.#at(machine, 'disk')];
      return this.#replace('restore', machine, { from: this.#at(machine, 'snapshots', name), copy, place });
    },
    list: (machine) => {
      const names = async () => (await namesIn(this.#at(machine, 'snapshots'))).filter((name) => !name.startsWith('.'));
      return this.#fortune.meet({ deed: 'list', machine }, { second: names });
    },
    remove: (machine, name) =>
      this.#fortune.meet(
        { deed: 'remove', machine },
        { second: () => removeTree(this.#at(machine, 'snapshots', name)) },
      ),
  };

  /** Paths of the files on a machine's disk, for tests. */
  disk(machine: string): Promise<string[]> {
    return filesBelow(this.#at(machine, 'disk'));
  }

  #at(machine: string, ...path: readonly string[]): string {
    return join(this.#home, machine, ...path);
  }

  async #look(machine: string): Promise<MachineState> {
    if ((await readIfAny(this.#at(machine, 'whole'))) === undefined) return 'absent';
    const running = await stat(this.#at(machine, 'running')).catch(() => undefined);
    if (running === undefined) return 'stopped';
    return running.size > 0 ? 'paused' : 'running';
  }

  async #must(machine: string, ...states: readonly MachineState[]): Promise<void> {
    const state = await this.#look(machine);
    if (!states.includes(state)) throw new MachineError(machine, `${machine} is ${state}.`);
  }

  #replace(deed: Deed, machine: string, { from, copy, place, state = 'stopped' }: Replacement) {
    return this.#fortune.meet(
      { deed, machine },
      {
        first: async () => {
          await this.#must(machine, state);
          if (!(await exists(from))) throw new MachineError(machine, `${machine} has no such snapshot.`);
          await removeTree(copy);
          await cp(from, copy, { recursive: true });
        },
        second: async () => {
          await removeTree(place);
          await moveTo(copy, place);
        },
      },
    );
  }

  #off(machine: string): Promise<void> {
    return removeTree(this.#at(machine, 'running'));
  }

  #change(
    deed: Deed,
    machine: string,
    emit: Emit,
    signal: AbortSignal | undefined,
    halves: { first?: () => Promise<unknown>; second: () => Promise<void> },
  ): Promise<void> {
    emit({ type: 'output', machine, line: `${deed} of ${machine}` });
    return this.#fortune.meet({ deed, machine, signal }, halves);
  }
}
