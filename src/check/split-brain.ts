import type { History } from '../model/history.js';
import { isAnswered, probesOf } from './outages.js';
import type { VipWindow } from './vip-holders.js';

/** One change of hands is a move, two are one there and back; more, while two hold the VIP, are two who are both believed. */
const movesAtMost = 2;

const changes = (names: readonly string[]): number =>
  names.filter((name, at) => at > 0 && name !== names[at - 1]).length;

/**
 * Whether the network itself saw that two held the VIP: answers of both in turn, or both announcing it in turn. What the
 * machines say of themselves may come late from a busy computer; this does not.
 */
export const seenByNetwork = (history: History, { fromMs, toMs }: VipWindow): boolean => {
  const meanwhile = (atMs: number) => atMs >= fromMs && atMs < toMs;
  const carriers = probesOf(history)
    .filter(isAnswered)
    .filter(({ atMs }) => meanwhile(atMs));
  const announced = history.filter((event) => event.type === 'arp' && meanwhile(event.atMs));
  return (
    changes(carriers.map(({ via }) => via.loadBalancer)) > movesAtMost ||
    changes(announced.flatMap((event) => (event.type === 'arp' ? event.machine : []))) > movesAtMost
  );
};
