import type { Plan } from '../model/plan.js';
import type { Act, Convergence, Looks, Next } from '../model/role.js';
import { databaseMachines } from './database-topology.js';

/** What the databases' own script is called (templates/database/replica). */
export const pairProgram = '/usr/local/lib/quintet/database-pair';
/** And that of those who notice when a database answered last (templates/app/witness). */
export const witnessProgram = '/usr/local/lib/quintet/database-witness';

/** The command that succeeds when a database does its part in the pair. */
export const memberIsReady: readonly string[] = [pairProgram, 'ready'];

/** What one of the two databases says of itself. */
export interface MemberLook {
  readonly machine: string;
  /** systemd's word for the server: active, activating, inactive, failed. */
  readonly active: string;
  /** The server answered. */
  readonly answers: boolean;
  /** It takes writes. */
  readonly writable: boolean;
  /** The address of the one that it follows; empty where it follows nobody. */
  readonly follows: string;
  /** It hears that one, and writes down what it hears. */
  readonly inStep: boolean;
  /** How many seconds it is behind; undefined where it does not know. */
  readonly behindS?: number;
  /** What keeps it from following. */
  readonly trouble: string;
  /** Every write waits for the other one's word (semi-synchronous). */
  readonly semiSync: boolean;
  /** How many confirm its writes. */
  readonly clients: number;
  /** The last change that it has (GTID). */
  readonly position: string;
  /** It was made the source, and nobody told it otherwise. */
  readonly isSource: boolean;
  /** Which of all sources it is or follows: the higher, the later. */
  readonly epoch: number;
  /** How long ago it last saw, in ms, that every write of its source was confirmed by it. */
  readonly protectedAgoMs?: number;
  readonly hasSchema: boolean;
  readonly wantsRestart: boolean;
  readonly wantsProvision: boolean;
}

const numberOr = (text: string): number | undefined => (/^\d+$/.test(text) ? Number(text) : undefined);

/** Reads the lines `key=value` of the script's `look`. */
export const memberLook = (machine: string, text: string): MemberLook => {
  const lines = text.split('\n').map((line) => /^(?<key>\w+)=(?<value>.*)$/.exec(line)?.groups ?? {});
  const last = (key: string): string => lines.findLast((line) => line.key === key)?.value?.trim() ?? '';
  const behindS = numberOr(last('behind'));
  const protectedAgoMs = numberOr(last('protected_ago'));
  return {
    machine,
    active: last('active'),
    answers: last('read_only') !== '',
    writable: last('read_only') === '0',
    follows: last('follows'),
    inStep: last('io') === 'Yes' && last('sql') === 'Yes',
    ...(behindS === undefined ? {} : { behindS }),
    trouble: last('trouble'),
    semiSync: last('semi') === 'ON',
    clients: Number(last('clients') || 0),
    position: last('position'),
    isSource: last('source') === '1',
    epoch: Number(last('epoch') || 0),
    ...(protectedAgoMs === undefined ? {} : { protectedAgoMs }),
    hasSchema: last('schema') === '1',
    wantsRestart: last('restart') === '1',
    wantsProvision: last('provision') === '1',
  };
};

const membersOf = (looks: Looks): readonly MemberLook[] =>
  [...looks].flatMap(([machine, text]) => (text === undefined ? [] : [memberLook(machine, text)]));

const and = (names: readonly string[]): string => new Intl.ListFormat('en-GB').format(names);
const named = (members: readonly MemberLook[]): string => and(members.map(({ machine }) => machine));

const acts = (some: readonly Act[], ready: readonly MemberLook[] = []): Next => ({
  kind: 'act',
  acts: some,
  ready: ready.map(({ machine }) => machine),
});
const waitFor = (what: string, ready: readonly MemberLook[] = []): Next => ({
  kind: 'wait',
  for: what,
  ready: ready.map(({ machine }) => machine),
});
const refuse = (why: string, hint: string): Next => ({ kind: 'refuse', why, hint });

const act = ({ machine }: MemberLook, words: string, ...does: readonly string[]): Act => ({
  machine,
  words,
  does: [pairProgram, ...does],
});

/** Of those that were made the source, the one that was so last; nobody where two say so of the same time. */
const sourceOf = (members: readonly MemberLook[]): MemberLook | undefined => {
  const [latest, second] = members.filter(({ isSource }) => isSource).sort((one, other) => other.epoch - one.epoch);
  return latest && latest.epoch === second?.epoch ? undefined : latest;
};

const isOff = ({ active }: MemberLook): boolean => active === 'inactive' || active === 'failed';

/** Decided by both machines at once: who takes writes, who follows, and when to leave it to a person. */
export const nextOfPair = (looks: Looks): Next => {
  const members = membersOf(looks);
  const silent = [...looks].flatMap(([machine, text]) => (text === undefined ? [machine] : []));
  const off = members.filter(isOff);
  if (off.length > 0) return acts(off.map((each) => act(each, 'starting the database', 'start')));
  const late = members.filter(({ answers }) => !answers);
  if (late.length > 0) return waitFor(`${named(late)} to answer`);
  return silent.length > 0 ? alone(members, silent) : both(members);
};

const alone = (members: readonly MemberLook[], silent: readonly string[]): Next => {
  const source = members.find(({ writable }) => writable);
  if (source) {
    return refuse(
      `${and(silent)} can't be asked, and ${source.machine} takes writes that are on it alone`,
      `quintet up ${silent.join(' ')} makes the pair whole.`,
    );
  }
  const [left] = members;
  return refuse(
    `${and(silent)} can't be asked, so nobody knows whether ${left?.machine ?? 'the other one'} has the last writes`,
    `quintet up brings both up; quintet promote ${left?.machine ?? 'MACHINE'} puts it in the other one's place, if it has everything.`,
  );
};

const both = (members: readonly MemberLook[]): Next => {
  if (members.every(({ epoch, isSource }) => epoch === 0 && !isSource)) return firstOfAll(members);
  const source = sourceOf(members);
  if (source === undefined) return nobody(members);
  const [other] = members.filter((member) => member !== source);
  if (source.follows !== '' || (!source.writable && other?.follows === '')) {
    return acts([act(source, 'letting it take writes', 'source', String(source.epoch))]);
  }
  // By itself it waits until it sees that the other one follows it still.
  if (!source.writable) return waitFor(`${source.machine} to take writes`);
  // Schema and accounts first: the other one gets a copy of them.
  if (source.wantsProvision) return acts([provisioned(source)]);
  if (other && (other.isSource || other.follows === '' || other.writable || other.epoch < source.epoch)) {
    return acts([act(other, `making it the replica of ${source.machine}`, 'follow', String(source.epoch))], [source]);
  }
  if (other && !other.inStep && other.trouble !== '') return lost(other, source);
  if (!source.semiSync || source.clients === 0 || !other?.inStep) {
    return waitFor(`${other?.machine ?? 'the replica'} to be in step with ${source.machine}`, [source]);
  }
  return putOff(source, other);
};

const provisioned = ({ machine }: MemberLook): Act => ({
  machine,
  words: 'setting up the schema and checking the database',
  does: 'provision',
});

/** Its source is there and it can't go on from where it is: it lacks what nobody has any more, or has what nobody else has. */
const lost = (replica: MemberLook, source: MemberLook): Next =>
  acts([act(replica, `making it the replica of ${source.machine} anew`, 'follow', String(source.epoch))], [source]);

/** The replica first, then the source: at every moment one of them has everything. */
const putOff = (source: MemberLook, replica: MemberLook): Next => {
  const stale = [replica, source].find(({ wantsRestart }) => wantsRestart);
  if (stale) return acts([act(stale, 'restarting the database with its new configuration', 'restart')]);
  return replica.wantsProvision ? acts([provisioned(replica)], [source]) : { kind: 'done' };
};

/** They never were a pair. One that has data already gives them to the other one. */
const firstOfAll = (members: readonly MemberLook[]): Next => {
  const full = members.filter(({ hasSchema }) => hasSchema);
  const [first, second] = full;
  if (first && second) {
    return refuse(
      `${named(full)} both hold data and never were a pair: one of them would lose its own`,
      `Destroy the one whose data does not count, such as quintet destroy ${second.machine}; then quintet up.`,
    );
  }
  const begins = first ?? members[0];
  return begins ? acts([act(begins, 'making it the source', 'source', '1')]) : { kind: 'done' };
};

/** The source was made anew, or both say that they are it. */
const nobody = (members: readonly MemberLook[]): Next => {
  const [kept] = members.filter(({ follows, hasSchema }) => follows !== '' && hasSchema);
  if (kept) {
    return refuse(
      `${kept.machine} has the data and follows a source that is no more`,
      `quintet promote ${kept.machine} --force makes it the source; then quintet up makes the other one its replica.`,
    );
  }
  return refuse(
    `Both ${named(members)} were made the source, each knowing nothing of the other`,
    'quintet promote MACHINE --force decides which; what the other one has alone is lost.',
  );
};

/** How the pair is, and what helps it. */
export const tellPair = (looks: Looks): string => {
  const members = membersOf(looks);
  const writable = members.filter((member) => member.writable);
  const [source] = writable;
  if (source && writable.length > 1) {
    return `Two sources: ${named(writable)} both take writes, and each has what the other lacks. Stop the one whose data does not count (quintet halt); quintet up makes it a replica.`;
  }
  const [other] = members.filter((member) => member !== source);
  if (source === undefined) {
    const [replica] = members.filter(({ follows }) => follows !== '');
    const how = replica
      ? `quintet promote ${replica.machine} puts it in the place of its source, if it has everything`
      : '';
    return `No database takes writes. quintet up brings back what is off${how === '' ? '' : `; ${how}`}.`;
  }
  const at = `${source.machine} takes writes`;
  if (other === undefined) {
    const [missing] = [...looks.keys()].filter((name) => name !== source.machine);
    return `${at}, unprotected: ${missing} is off, and what is written now is on ${source.machine} alone.`;
  }
  if (other.follows === '') {
    return `${at}, unprotected: ${other.machine} follows nobody and takes no writes. quintet up makes it the replica.`;
  }
  if (!other.inStep)
    return `${at}, unprotected: ${other.machine} does not follow it (${other.trouble || 'not connected'}).`;
  if (!source.semiSync || source.clients === 0) {
    return `${at}, unprotected: ${other.machine} is ${behindWords(other)} and does not confirm them yet.`;
  }
  return `${at}, and ${other.machine} confirms each before it is acknowledged; it is ${behindWords(other)}.`;
};

export const behindWords = ({ behindS }: MemberLook): string =>
  behindS === undefined ? 'behind, nobody knows how far' : `${behindS} s behind`;

/** A source and its replica: which is which no machine may decide by itself. */
export const pairConvergence: Convergence = {
  step: 'pair',
  machines: (plan: Plan) => (plan.database.replica === undefined ? [] : pairMachines(plan)),
  look: [pairProgram, 'look'],
  next: (looks) => nextOfPair(looks),
  tell: tellPair,
};

export const pairMachines = (plan: Plan): readonly string[] =>
  databaseMachines({ machines: Object.fromEntries(plan.machines.map((each) => [each.name, each])) });

// --- Promotion ---------------------------------------------------------------------------------------------------------

/** The two databases as they are when one of them shall take the other one's place. */
export interface PromotionLooks {
  /** What the one that is to be the source said; undefined where it can't be asked. */
  readonly target: { readonly machine: string; readonly text: string | undefined };
  readonly other: {
    readonly machine: string;
    /** The provider's word for the machine: absent, stopped, paused, running. */
    readonly state: string;
    readonly text: string | undefined;
  };
  /** Where acknowledgements arrive: the application servers. */
  readonly witnesses: Looks;
}

export type Promotion =
  | { readonly kind: 'already' }
  /** `passing`: in a moment more may be known. */
  | { readonly kind: 'refuse'; readonly why: string; readonly hint: string; readonly passing?: true }
  /** The source lives: it stops taking writes, the other one catches up, and only then takes them. */
  | { readonly kind: 'planned'; readonly epoch: number }
  /** The source is gone. `despite` is what speaks against it, where it was forced. */
  | { readonly kind: 'gone'; readonly epoch: number; readonly does: 'promote' | 'source'; readonly despite?: string };

type Objection = Omit<Extract<Promotion, { kind: 'refuse' }>, 'kind'>;

const look = (machine: string, text: string | undefined): MemberLook | undefined =>
  text === undefined ? undefined : memberLook(machine, text);

/** How long ago a witness last asked a database, and was answered; nothing where it never was. */
const sighting = (text: string, database: string) => {
  const of = (what: string) => numberOr(new RegExp(`^${database}\\.${what}=(\\d+)$`, 'm').exec(text)?.[1] ?? '');
  return { askedAgoMs: of('asked'), answeredAgoMs: of('answered') };
};

/**
 * Whether a database may take the place of the other one. Of a source that is gone nobody can ask what it acknowledged last. Its
 * replica knows until when it confirmed every write itself, and the source went on without that only after `semiSyncMs`. So nothing is
 * missing when the source was gone before that: when no application server saw it alive half of that time later.
 */
export const promotionOf = (looks: PromotionLooks, semiSyncMs: number, force: boolean): Promotion => {
  const { other } = looks;
  const target = look(looks.target.machine, looks.target.text);
  const source = look(other.machine, other.text);
  if (target === undefined || !target.answers) {
    const why = `${looks.target.machine} can't be asked, or its database does not answer`;
    return { kind: 'refuse', why, hint: 'quintet status tells how the machines are; quintet up starts what is off.' };
  }
  const epoch = Math.max(target.epoch, source?.epoch ?? 0) + 1;
  if (target.writable) return { kind: 'already' };
  if (other.state === 'running' && source?.answers) return besideLiving(target, source, { epoch, semiSyncMs, force });
  const danger = mayWakeUp(looks, source);
  if (danger !== undefined) return { kind: 'refuse', ...danger };
  const objection = target.follows === '' ? followsNobody(target) : missing(looks, target, semiSyncMs);
  const gone = { kind: 'gone', epoch, does: target.follows === '' ? 'source' : 'promote' } as const;
  if (objection === undefined) return gone;
  return force ? { ...gone, despite: objection.why } : { kind: 'refuse', ...objection };
};

const followsNobody = ({ machine }: MemberLook): Objection => ({
  why: `${machine} follows nobody, so nobody knows what it lacks`,
  hint: 'quintet up makes it a replica, when the source runs.',
});

/** The source lives, and says itself what it has. A new one that has nothing is no source. */
const besideLiving = (
  target: MemberLook,
  source: MemberLook,
  { epoch, semiSyncMs, force }: { readonly epoch: number; readonly semiSyncMs: number; readonly force: boolean },
): Promotion => {
  if (source.epoch === 0 && force) {
    return { kind: 'gone', epoch, does: 'source', despite: `${source.machine} is new and has nothing` };
  }
  // Both were made the source, each knowing nothing of the other: a person decides.
  if (target.isSource && !source.writable && force) {
    return { kind: 'gone', epoch, does: 'source', despite: `${source.machine} was made the source as well` };
  }
  if (target.follows === '') return { kind: 'refuse', ...followsNobody(target) };
  if (target.inStep && confirms(target, source, semiSyncMs)) return { kind: 'planned', epoch };
  return {
    kind: 'refuse',
    why: `${target.machine} does not confirm the writes of ${source.machine} at the moment, which runs and may have acknowledged some that ${target.machine} lacks`,
    hint: `quintet status tells why; where ${source.machine} shall be given up with what it has alone, quintet halt ${source.machine} and then quintet promote ${target.machine} --force.`,
  };
};

/** Found out before the source is asked to stop: whoever is refused then has not disturbed anybody. */
const confirms = ({ protectedAgoMs }: MemberLook, source: MemberLook, semiSyncMs: number): boolean =>
  !source.writable ||
  (source.semiSync && source.clients > 0 && protectedAgoMs !== undefined && protectedAgoMs < semiSyncMs);

/** A source that stands still, or whose server does, would take writes as soon as it goes on. */
const mayWakeUp = ({ other }: PromotionLooks, source: MemberLook | undefined): Objection | undefined => {
  const { machine, state } = other;
  const off = state === 'stopped' || state === 'absent' || (source !== undefined && source.active !== 'active');
  if (off) return undefined;
  return {
    passing: true,
    why: `${machine} is not off and does not answer: when it goes on it would take writes too`,
    hint: `quintet halt ${machine} takes care of that, or quintet heal where it was made to stand still.`,
  };
};

/** What speaks against that the target has everything. */
const missing = (
  { other, witnesses }: PromotionLooks,
  target: MemberLook,
  semiSyncMs: number,
): Objection | undefined => {
  const hint = `Bring ${other.machine} back (quintet up), or take the loss: quintet promote ${target.machine} --force.`;
  const { protectedAgoMs } = target;
  if (protectedAgoMs === undefined) {
    return { why: `${target.machine} was not confirming the writes of ${other.machine} when that went`, hint };
  }
  for (const [witness, text] of witnesses) {
    if (text === undefined) return { why: `${witness} can't be asked when it last heard of ${other.machine}`, hint };
    const { askedAgoMs, answeredAgoMs } = sighting(text, other.machine);
    if (askedAgoMs === undefined || answeredAgoMs === undefined) {
      return { why: `${witness} did not notice when ${other.machine} went`, hint };
    }
    if (answeredAgoMs - askedAgoMs < semiSyncMs / 10) {
      return { why: `${other.machine} answered ${witness} a moment ago`, hint, passing: true };
    }
    const longerMs = protectedAgoMs - answeredAgoMs;
    if (longerMs > semiSyncMs / 2) {
      return {
        why: `${witness} still heard ${other.machine} ${longerMs} ms after ${target.machine} last confirmed its writes: what it acknowledged then may be nowhere else`,
        hint,
      };
    }
  }
  return undefined;
};
