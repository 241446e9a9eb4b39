import { UnknownError } from '../model/errors.js';
import { own } from '../model/own.js';
import type { Plan } from '../model/plan.js';
import { firstHolder, firstStandby, vipHolder, vipStandby } from '../model/scenario.js';
import { machinesMeant, readTarget } from '../plan/targets.js';
import { turnsIn } from '../roles/turns.js';

/** Who holds the VIP, each sorted. */
export interface Holders {
  readonly now: readonly string[];
  /** When the run began. */
  readonly first: readonly string[];
  /** Which databases take writes, in labs with a source and its replica. */
  readonly sources?: { readonly now: readonly string[]; readonly first: readonly string[] };
  /** The application server that is sent requests, of two that take turns; absent where that is not known. */
  readonly live?: string | undefined;
}

/** Which word means which holders, and whether the holder itself or the other one. */
const words: Readonly<Record<string, { readonly of: 'now' | 'first'; readonly standby: boolean }>> = {
  [vipHolder]: { of: 'now', standby: false },
  [vipStandby]: { of: 'now', standby: true },
  [firstHolder]: { of: 'first', standby: false },
  [firstStandby]: { of: 'first', standby: true },
};

/**
 * The machine that a scenario's target means at this moment; `chance` picks one of so many (from 0) where any will do. What is
 * meant for each machine of a role was made one fault for each before (see `scheduled`).
 */
export const targetOf = (
  target: string,
  plan: Plan,
  holders: Holders,
  chance = (count: number) => Math.floor(Math.random() * count),
): string => {
  const word = own(words, target);
  if (word) return byVip(plan, holders[word.of], word.standby);
  const read = readTarget(target, plan.machines);
  if (read?.kind === 'pair') return byPair(plan, read.word, holders.sources);
  if (read?.kind === 'turn') return byTurn(plan, holders.live, read.live);
  const meant = read === undefined ? [] : machinesMeant(read, plan.machines);
  const found = read?.kind === 'role' && read.which === 'any' ? meant[chance(meant.length)] : meant[0];
  if (found === undefined) throw new UnknownError(`There is no machine ${target} in this lab.`);
  return found;
};

/** The machine's own name may be one of these words; readTarget knows that. */
const byPair = (plan: Plan, word: string, sources: Holders['sources'] = { now: [], first: [] }): string => {
  const some = word.startsWith('first-') ? sources.first : sources.now;
  const [source] = some;
  if (source === undefined || some.length > 1) {
    throw new UnknownError(`Exactly one database must take writes, but ${some.join(' and ') || 'none'} does.`);
  }
  if (word.endsWith('source')) return source;
  const other = plan.machines.find(({ name, roles }) => roles.includes('database') && name !== source);
  if (other === undefined) throw new UnknownError('There is no other database in this lab.');
  return other.name;
};

const byTurn = (plan: Plan, live: string | undefined, wantsLive: boolean): string => {
  const found = turnsIn(plan).find(({ name }) => live !== undefined && (name === live) === wantsLive);
  if (found === undefined) throw new UnknownError('Which application server is live is not known.');
  return found.name;
};

const byVip = (plan: Plan, holders: readonly string[], standby: boolean): string => {
  const [holder] = holders;
  if (holder === undefined || holders.length > 1) {
    throw new UnknownError(`Exactly one machine must hold the VIP, but ${holders.join(' and ') || 'none'} does.`);
  }
  if (!standby) return holder;
  const other = plan.machines.find(({ name, roles }) => roles.includes('load-balancer') && name !== holder);
  if (other === undefined) throw new UnknownError('There is no other load balancer in this lab.');
  return other.name;
};
