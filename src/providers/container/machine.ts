import { setTimeout as delay } from 'node:timers/promises';
import { run } from '../../host/command.js';
import { exists, readIfAny } from '../../host/files.js';
import { isAlive } from '../../host/process.js';
import { InterruptedError, MachineError } from '../../model/errors.js';
import type { Emit } from '../../model/events.js';
import type { ExecOptions, ExecResult, LabSite, MachineState } from '../provider.js';
import { bootPatience, bootSigns, type Patience, watchBoot } from './boot-progress.js';
import { fullWeight, giveWeight, processesIn, removeGroups } from './cgroups.js';
import { baseOf, diskExists, settleDisk } from './disk.js';
import { entering, firstProcess, graceS, guarded } from './enter.js';
import { killGroup } from './kill-group.js';
import { launch } from './launch.js';
import { groupName, machineFolder } from './names.js';
import { removeCable } from './network.js';
import { requireOwnUsers } from './own-users.js';
import { isPaused, resumeMachine } from './pause.js';
import { releaseScope } from './scopes.js';
import { watchersExhausted } from './watch-limit.js';

const stopLimitMs = 20_000;

export const stateOf = async (site: LabSite, machine: string): Promise<MachineState> => {
  if (!(await diskExists(site, machine))) return 'absent';
  if ((await firstProcess(groupName(site, machine))) === undefined) return 'stopped';
  return (await isPaused(site, machine)) ? 'paused' : 'running';
};

const consoleEnd = async (site: LabSite, machine: string): Promise<string> =>
  ((await readIfAny(machineFolder(site, machine).console)) ?? '').trimEnd().split('\n').slice(-20).join('\n');

export const runningInit = async (site: LabSite, machine: string): Promise<number> => {
  const init = await firstProcess(groupName(site, machine));
  if (init !== undefined) return init;
  throw new MachineError(machine, `${machine} is not running.`, { hint: 'Start it with: quintet up' });
};

/** That of a machine that can do something. What joined a paused one would be frozen with it, out of reach of its time-out. */
export const awakeInit = async (site: LabSite, machine: string): Promise<number> => {
  const init = await runningInit(site, machine);
  if (!(await isPaused(site, machine))) return init;
  throw new MachineError(machine, `${machine} is paused.`, { hint: 'Let it go on with: quintet heal' });
};

/** Waits no longer than the machine's own guard needs to end the command; then the machine itself does not answer. */
const outerTimeoutMs = (timeoutMs: number) => timeoutMs + (graceS + 3) * 1000;

const execAt = async (init: number, argv: readonly string[], options: ExecOptions): Promise<ExecResult> => {
  const { timeoutMs, ...rest } = options;
  const command = await entering(init, guarded(argv, timeoutMs ?? 0));
  const began = performance.now();
  const result = await run(command, timeoutMs === undefined ? rest : { ...rest, timeoutMs: outerTimeoutMs(timeoutMs) });
  // The guard had to kill it (itself included): to the caller that is a time-out as well.
  const late = timeoutMs !== undefined && performance.now() - began >= timeoutMs;
  const killed = late && (result.exitCode === 137 || result.exitCode === 128);
  return killed ? { ...result, exitCode: 124 } : result;
};

export const execIn = async (
  site: LabSite,
  machine: string,
  argv: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> => execAt(await awakeInit(site, machine), argv, options);

const failedUnits = async (init: number): Promise<string> => {
  const { stdout } = await execAt(init, ['systemctl', 'list-units', '--failed', '--plain', '--no-legend'], {});
  const names = stdout.split('\n').map((line) => line.split(' ')[0]);
  return names.filter(Boolean).join(', ');
};

/** Where systemd takes what root asks of it; it makes that before it starts anything. To look costs nothing, to ask costs ten processes. */
const takesQuestions = (init: number): Promise<boolean> => exists(`/proc/${init}/root/run/systemd/private`);

/** What systemd in the machine says of itself once it has booted, or nothing while it can't be asked yet. */
const bootState = async (site: LabSite, machine: string, signal: AbortSignal) => {
  const init = await firstProcess(groupName(site, machine));
  if (init === undefined || !(await takesQuestions(init).catch(() => false))) return undefined;
  try {
    const result = await execAt(init, ['systemctl', 'is-system-running', '--wait'], { signal });
    return { init, words: result.stdout.trim() };
  } catch {
    // It died or restarted just now, so that its namespaces can't be entered any more; or nobody waits any longer.
    return undefined;
  }
};

/** What a machine is busy starting, for people. */
const waitsFor = async (site: LabSite, machine: string): Promise<string> => {
  const init = await firstProcess(groupName(site, machine));
  if (init === undefined) return 'its first process';
  const argv = ['systemctl', 'list-jobs', '--plain', '--no-legend'];
  const { stdout } = await execAt(init, argv, { timeoutMs: 5000 }).catch(() => ({ stdout: '' }));
  const jobs = stdout.split('\n').map((line) => line.trim().split(/\s+/));
  const running = jobs.flatMap(([, unit = '', , state]) => (state === 'running' ? [unit] : []));
  return running.join(', ') || 'its systemd';
};

const stopped = async (site: LabSite, machine: string, why: string): Promise<Error> => {
  const log = await consoleEnd(site, machine);
  return watchersExhausted(machine, log) ?? new MachineError(machine, `${machine} ${why}.`, { log });
};

const stoodStill = async (site: LabSite, machine: string, { stuckAfterMs }: Patience): Promise<Error> => {
  const waited = await waitsFor(site, machine);
  return stopped(site, machine, `stood still for ${stuckAfterMs / 1000} s while it started: it waits for ${waited}`);
};

/** The launch of a Quintet that was killed may have been quicker than this one: then that one carries the machine. */
const isCarried = async (site: LabSite, machine: string, carrier: number | undefined): Promise<boolean> =>
  carrier === undefined || isAlive(carrier) || (await processesIn(groupName(site, machine))).length > 0;

/** How long it takes is nobody's business, as long as it gets on. */
const untilBooted = async (
  site: LabSite,
  machine: string,
  emit: Emit,
  carrier: number | undefined,
  { signal, patience = bootPatience }: StartOptions,
): Promise<void> => {
  const onSlow = async () =>
    emit({ type: 'note', text: `${machine} takes its time to start; it waits for ${await waitsFor(site, machine)}.` });
  const watch = watchBoot(() => bootSigns(site, machine), patience, onSlow);
  const either = AbortSignal.any([watch.stuck, ...(signal ? [signal] : [])]);
  try {
    for (;;) {
      const state = await bootState(site, machine, either);
      if (signal?.aborted) throw new InterruptedError();
      if (state?.words === 'running') return;
      if (state?.words === 'degraded') {
        const text = `${machine}: started, but these units failed: ${await failedUnits(state.init)}`;
        return emit({ type: 'note', text });
      }
      if (!(await isCarried(site, machine, carrier)))
        throw await stopped(site, machine, 'stopped while it was starting');
      if (watch.stuck.aborted) throw await stoodStill(site, machine, patience);
      await delay(40);
    }
  } finally {
    watch.end();
  }
};

/** Ends everything of a machine at once. */
export const killProcesses = async (site: LabSite, machine: string): Promise<void> => {
  const group = groupName(site, machine);
  await killGroup(group, await firstProcess(group));
};

/** Ends everything of a machine at once and removes its control groups. */
export const killMachine = async (site: LabSite, machine: string): Promise<void> => {
  await killProcesses(site, machine);
  await releaseScope(groupName(site, machine));
  await removeGroups(groupName(site, machine));
};

export interface StartOptions {
  readonly signal?: AbortSignal | undefined;
  readonly weight?: number;
  readonly patience?: Patience;
}

/** Starts a machine unless it runs (a paused one goes on), sweeping away what an interrupted start left, and waits until commands run in it. */
export const startMachine = async (
  site: LabSite,
  machine: string,
  emit: Emit,
  options: StartOptions = {},
): Promise<void> => {
  const { weight = fullWeight } = options;
  if ((await firstProcess(groupName(site, machine))) !== undefined) {
    await resumeMachine(site, machine);
    await untilBooted(site, machine, emit, undefined, options);
  } else {
    await requireOwnUsers(site, [machine], () => undefined);
    await killMachine(site, machine);
    // Whoever cut its power may have been killed before taking the cable away, whose name is then in use for a minute.
    await removeCable(site, `vb-${machine}`);
    await settleDisk(site, machine);
    const carrier = await launch(site, machine, await baseOf(site, machine), weight);
    await untilBooted(site, machine, emit, carrier, options);
  }
  await giveWeight(groupName(site, machine), weight);
};

/** SIGRTMIN+4 asks systemd for a power off. */
const powerOffSignal = 34 + 4;

export const stopMachine = async (site: LabSite, machine: string, emit: Emit): Promise<void> => {
  const group = groupName(site, machine);
  const init = await firstProcess(group);
  if (init !== undefined) {
    await resumeMachine(site, machine);
    await run(['kill', `-${powerOffSignal}`, String(init)]);
    const until = performance.now() + stopLimitMs;
    while ((await processesIn(group)).length > 0 && performance.now() < until) await delay(50);
    if ((await processesIn(group)).length > 0) {
      emit({ type: 'note', text: `${machine}: did not stop within ${stopLimitMs / 1000} s and was switched off.` });
    }
  }
  await killMachine(site, machine);
};
