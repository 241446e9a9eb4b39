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

export const numberOr = (text: string): number | undefined => (/^\d+$/.test(text) ? Number(text) : undefined);

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
