import { setTimeout as delay } from 'node:timers/promises';
import { MachineError } from '../model/errors.js';
import type { Plan } from '../model/plan.js';
import type { Looks } from '../model/role.js';
import { sentence } from '../model/sentence.js';
import type { Provider } from '../providers/provider.js';
import { type Promotion, promotionOf } from '../roles/promotion.js';
import { nextOfPair, pairMachines, pairProgram, witnessProgram } from '../roles/replica.js';
import { withRole } from './ground.js';

interface Pair {
  readonly plan: Plan;
  readonly provider: Provider;
}

/** It was not promoted, and all is as before. */
export class PromotionRefused extends MachineError {}

export interface Promoted {
  readonly kind: 'already' | 'planned' | 'gone';
  /** What spoke against it, where it was forced. */
  readonly despite?: string;
}

const lookMs = 5000;
const actMs = 120_000;
/** For so long more may be found out, on usual machines. */
const patienceMs = 3000;
/** So long a source that is to be replaced takes no writes, whatever becomes of whoever told it so. */
const holdS = 20;

const replicaOf = (plan: Plan) => {
  if (plan.database.replica === undefined) throw new Error('this lab has no replica');
  return plan.database.replica;
};

const otherThan = (plan: Plan, machine: string): string => {
  const other = pairMachines(plan).find((name) => name !== machine);
  if (other === undefined) throw new Error(`${machine} has no other one`);
  return other;
};

const textOf = async ({ provider }: Pair, machine: string, argv: readonly string[]): Promise<string | undefined> => {
  const answer = await provider.exec(machine, argv, { timeoutMs: lookMs }).catch(() => undefined);
  return answer?.exitCode === 0 ? answer.stdout : undefined;
};

const decide = async (pair: Pair, machine: string, force: boolean): Promise<Promotion> => {
  const { plan, provider } = pair;
  const other = otherThan(plan, machine);
  const apps = withRole(plan, 'app').map(({ name }) => name);
  // Whoever is off is not waited for.
  const state = await provider.state(other);
  const [text, otherText, ...seen] = await Promise.all([
    textOf(pair, machine, [pairProgram, 'look']),
    state === 'running' ? textOf(pair, other, [pairProgram, 'look']) : undefined,
    ...apps.map((app) => textOf(pair, app, [witnessProgram, 'look'])),
  ]);
  const witnesses: Looks = new Map(apps.map((app, index) => [app, seen[index]]));
  const looks = { target: { machine, text }, other: { machine: other, state, text: otherText }, witnesses };
  return promotionOf(looks, replicaOf(plan).semiSyncMs, force);
};

const must = async ({ plan, provider }: Pair, machine: string, ...words: readonly string[]): Promise<string> => {
  const argv = [pairProgram, ...words];
  const { exitCode, stdout, stderr } = await provider.exec(machine, argv, { timeoutMs: actMs * plan.pace });
  if (exitCode === 0) return stdout.trim();
  const last = (stderr.trim() || stdout.trim()).split('\n').at(-1) ?? '';
  throw new MachineError(machine, sentence(`${machine}: ${last.replace(/^database-pair: /, '')}`));
};

/**
 * Puts the replica in the place of its source, unless it lacks something that was acknowledged or nobody can know; then a
 * PromotionRefused is thrown, and all is as before. At every moment at most one of the two takes writes.
 */
export const promote = async (pair: Pair, machine: string, force = false): Promise<Promoted> => {
  const { plan } = pair;
  const untilMs = performance.now() + patienceMs * plan.pace;
  for (;;) {
    const decided = await decide(pair, machine, force);
    if (decided.kind === 'already') return decided;
    if (decided.kind === 'refuse') {
      if (decided.passing && performance.now() < untilMs) {
        await delay(50);
        continue;
      }
      throw new PromotionRefused(machine, sentence(`${machine} was not promoted: ${decided.why}`), {
        hint: decided.hint,
      });
    }
    if (decided.kind === 'gone') {
      await must(pair, machine, decided.does, String(decided.epoch));
      return decided.despite === undefined ? { kind: 'gone' } : { kind: 'gone', despite: decided.despite };
    }
    await inTurn(pair, machine, decided.epoch);
    return { kind: 'planned' };
  }
};

/** The source stops taking writes, the replica takes them when it has all, and the old source follows it. */
const inTurn = async (pair: Pair, machine: string, epoch: number): Promise<void> => {
  const other = otherThan(pair.plan, machine);
  try {
    const position = await must(pair, other, 'demote', String(holdS));
    await must(pair, machine, 'promote', String(epoch), position);
  } catch (error) {
    // One that was promoted after all says so by itself: the old source looks before it takes writes again.
    const looked = await textOf(pair, machine, [pairProgram, 'look']);
    if (looked !== undefined && !/^read_only=0$/m.test(looked)) await must(pair, other, 'release');
    throw new PromotionRefused(machine, error instanceof Error ? error.message : String(error), {
      hint: 'quintet status tells how the pair is.',
      cause: error,
    });
  }
  await must(pair, other, 'follow', String(epoch));
};

/** So many steps make any pair whole. */
const stepsAtMost = 20;

/** Makes whoever is not the source its replica, as quintet up does; nothing where one of the two is off. */
export const makeWhole = async (pair: Pair): Promise<void> => {
  const { plan, provider } = pair;
  const machines = pairMachines(plan);
  const untilMs = performance.now() + actMs * plan.pace;
  for (let steps = 0; steps < stepsAtMost && performance.now() < untilMs; ) {
    const states = await Promise.all(machines.map((name) => provider.state(name)));
    if (states.some((state) => state === 'absent' || state === 'stopped')) return;
    const texts = await Promise.all(machines.map((name) => textOf(pair, name, [pairProgram, 'look'])));
    const next = nextOfPair(new Map(machines.map((name, index) => [name, texts[index]])));
    if (next.kind === 'done') return;
    if (next.kind === 'act' && next.acts.every(({ does }) => does !== 'provision')) {
      for (const { machine, does } of next.acts) await must(pair, machine, ...does.slice(1));
      steps += 1;
    } else await delay(200);
  }
  throw new MachineError(machines.join(', '), 'The two databases do not become a pair again.', {
    hint: 'quintet status tells how they are.',
  });
};
