import type { Role } from '../model/lab.js';
import { liveApp, pairTargets, turnTargets, vipTargets } from '../model/scenario.js';
import { roleNames } from '../roles/roles.js';

/** What a scenario's target means: a part that the VIP decides, or who is source and who replica, or whose turn it is, a machine by its name, or machines that have a role. */
export type Target =
  | { readonly kind: 'vip'; readonly word: string }
  | { readonly kind: 'pair'; readonly word: string }
  | { readonly kind: 'turn'; readonly live: boolean }
  | { readonly kind: 'machine'; readonly name: string }
  | { readonly kind: 'role'; readonly role: Role; readonly which: Which };

/** One of a role's machines in the order of the lab file (from 1), one that chance picks, or all of them. */
export type Which = number | 'any' | 'each';

interface Named {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly takesTurns?: true;
}

const ofRole = /^(?:(?<which>any|each) +)?(?<role>[a-z][a-z-]*?)(?:\[(?<place>[1-9]\d?)\])?$/;

const databases = (machines: readonly Named[]): readonly Named[] =>
  machines.filter(({ roles }) => roles.includes('database'));

/** Reads `vip-holder`, `web1`, `web`, `web[2]`, `any web` or `each web`; undefined where it is none of these in such a lab. */
export const readTarget = (text: string, machines: readonly Named[]): Target | undefined => {
  if (Object.hasOwn(vipTargets, text)) return { kind: 'vip', word: text };
  if (machines.some(({ name }) => name === text)) return { kind: 'machine', name: text };
  if (Object.hasOwn(pairTargets, text) && databases(machines).length === 2) return { kind: 'pair', word: text };
  const turns = machines.some(({ takesTurns }) => takesTurns);
  if (turns && Object.hasOwn(turnTargets, text)) return { kind: 'turn', live: text === liveApp };
  const { which, role = '', place } = ofRole.exec(text)?.groups ?? {};
  if (!roleNames.includes(role) || (which !== undefined && place !== undefined)) return undefined;
  // Of two that take turns there is one that does anything.
  if (turns && text === 'app') return { kind: 'turn', live: true };
  return { kind: 'role', role, which: which === undefined ? Number(place ?? 1) : (which as Which) };
};

/** The machines that a target may mean, of those that are known without asking who holds the VIP. */
export const machinesMeant = (target: Target, machines: readonly Named[]): readonly string[] => {
  if (target.kind === 'machine') return [target.name];
  if (target.kind === 'turn') return machines.flatMap(({ name, takesTurns }) => (takesTurns ? [name] : []));
  const having = (role: Role) => machines.filter(({ roles }) => roles.includes(role)).map(({ name }) => name);
  if (target.kind === 'vip') return having('load-balancer');
  if (target.kind === 'pair') return having('database');
  const all = having(target.role);
  return typeof target.which === 'number' ? all.slice(target.which - 1, target.which) : all;
};

/** How the targets of a role are written, for hints. */
export const targetForms = 'a role (the first machine that has it), web[2], any web or each web';
