import type { Looks } from '../model/role.js';
import { type MemberLook, memberLook, numberOr } from './replica.js';

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
