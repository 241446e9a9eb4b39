import { MachineError, reasonOf } from '../model/errors.js';
import type { Plan } from '../model/plan.js';
import type { Act, Convergence, Looks, Next } from '../model/role.js';
import { sentence } from '../model/sentence.js';
import type { Provider } from '../providers/provider.js';
import { roles } from '../roles/roles.js';
import { asError, type Failure } from './failures.js';
import { type MachineLog, openLog } from './machine-log.js';
import { provision } from './provision.js';
import type { Run } from './take-step.js';

const againMs = 500;
const lookMs = 15_000;
const actMs = 120_000;
/** So long the machines may say the same of themselves before they are given up, on usual machines. */
const patienceMs = 180_000;

export const convergencesOf = (plan: Plan): readonly Convergence[] =>
  roles.flatMap(({ convergences = [] }) => convergences.filter(({ machines }) => machines(plan).length > 0));

/** Whether a machine is whole only together with others. */
export const joinsOthers = (plan: Plan, machine: string): boolean =>
  convergencesOf(plan).some((convergence) => convergence.machines(plan).includes(machine));

interface Convergent extends Run {
  readonly provider: Provider;
}

/**
 * Makes of machines what they can only be together: all are asked how they are, what to do next is decided by all answers at
 * once (by the role, and purely), and that again until nothing is left to do. Nothing is remembered: whatever interrupted it, it goes
 * on from how the machines are. `named` are those that the user meant.
 */
export const converge = async (
  run: Convergent,
  convergence: Convergence,
  named: readonly string[],
): Promise<readonly Failure[]> => {
  const { site, emit, clock, signal } = run;
  const { step } = convergence;
  const all = convergence.machines(site.plan);
  const startedMs = clock.nowMs();
  const logs = new Map(all.map((name) => [name, openLog(site.folder, name, emit, () => clock.wallClock())]));
  const pending = new Set(all.filter((name) => named.includes(name)));
  for (const machine of pending) logs.get(machine)?.emit({ type: 'step-started', machine, step });
  const say = (machine: string, line: string) =>
    logs.get(machine)?.emit({ type: 'output', machine, line: `==> ${line}` });
  const done = (machines: readonly string[]) => {
    for (const machine of machines) {
      if (pending.delete(machine)) emit({ type: 'step-done', machine, step, tookMs: clock.nowMs() - startedMs });
    }
  };
  const give = (error: unknown, machines = [...pending]): Failure[] =>
    machines.map((machine) => {
      emit({ type: 'step-failed', machine, step, error: asError(error) });
      return { machine, step, error, log: logs.get(machine)?.tail() ?? '' };
    });
  try {
    let waited = '';
    for (let said = { words: '', sinceMs: startedMs }; ; ) {
      if (signal?.aborted) return give(run.interrupted());
      const looks = await lookAt(run, convergence, all);
      const next = convergence.next(looks, site.plan);
      if (next.kind === 'done') {
        done(all);
        return [];
      }
      if (next.kind === 'refuse') {
        const error = new MachineError([...pending].join(', '), sentence(next.why), { hint: next.hint });
        if (all.every((name) => named.includes(name))) return give(error);
        emit({ type: 'note', text: `${sentence(next.why)} ${next.hint}` });
        done(all);
        return [];
      }
      done(next.ready);
      const words = wordsOf(next, looks);
      const nowMs = clock.nowMs();
      if (words !== said.words) {
        said = { words, sinceMs: nowMs };
        if (next.kind === 'wait' && next.for !== waited) {
          waited = next.for;
          for (const machine of pending) say(machine, `waiting for ${next.for}`);
        }
      } else if (nowMs - said.sinceMs > patienceMs * site.plan.pace) {
        const why = next.kind === 'wait' ? `Waited in vain for ${next.for}` : 'Nothing changed';
        return give(
          new MachineError([...pending].join(', '), `${why}.`, {
            hint: 'quintet logs MACHINE shows its own words; quintet up goes on from here.',
          }),
        );
      }
      if (next.kind === 'act') {
        const failures = await Promise.all(next.acts.map((act) => take(run, act, say)));
        const failed = failures.flatMap((failure) => failure ?? []);
        if (failed.length > 0) return failed.flatMap(({ machine, error }) => give(error, [machine]));
      } else {
        await clock.sleep(againMs, signal).catch(() => undefined);
      }
    }
  } finally {
    await Promise.all([...logs.values()].map((log: MachineLog) => log.flush()));
  }
};

/** What changes as long as it gets on. */
const wordsOf = (next: Next, looks: Looks): string => JSON.stringify([next, [...looks]]);

/** How the machines that run are together, in words; nothing where a lab has none that belong together. */
export const tellTogether = async (
  { plan, provider }: { readonly plan: Plan; readonly provider: Provider },
  running: readonly string[],
): Promise<readonly string[]> => {
  const told = convergencesOf(plan).map(async (convergence) => {
    const machines = convergence.machines(plan);
    const found = await lookAt(
      { provider },
      convergence,
      machines.filter((name) => running.includes(name)),
    );
    return convergence.tell(new Map(machines.map((name) => [name, found.get(name)])), plan);
  });
  return Promise.all(told);
};

const lookAt = async (
  { provider, signal }: Pick<Convergent, 'provider' | 'signal'>,
  { look }: Convergence,
  machines: readonly string[],
): Promise<Looks> => {
  const asked = machines.map(async (machine): Promise<[string, string | undefined]> => {
    const options = { timeoutMs: lookMs, ...(signal === undefined ? {} : { signal }) };
    const answer = await provider.exec(machine, look, options).catch(() => undefined);
    return [machine, answer?.exitCode === 0 ? answer.stdout : undefined];
  });
  return new Map(await Promise.all(asked));
};

type Say = (machine: string, line: string) => void;

const take = async (
  { site, provider, emit, signal }: Convergent,
  { machine, words, does }: Act,
  say: Say,
): Promise<{ readonly machine: string; readonly error: unknown } | undefined> => {
  say(machine, words);
  try {
    if (does === 'provision') {
      await provision(site, provider, machine, emit, signal);
      return undefined;
    }
    const { exitCode, stdout, stderr } = await provider.exec(machine, does, {
      timeoutMs: actMs * site.plan.pace,
      onLine: (line) => emit({ type: 'output', machine, line }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (exitCode === 0) return undefined;
    const last = (stderr.trim() || stdout.trim()).split('\n').at(-1) || `exit code ${exitCode}`;
    return { machine, error: new MachineError(machine, `${machine}: ${words} failed: ${last}`) };
  } catch (error) {
    return { machine, error: error instanceof Error ? error : new Error(reasonOf(error, machine)) };
  }
};
