import { roles } from '../roles/roles.js';
import type { Node } from './topology-graph.js';

/** Line drawings of 32 by 32 pixels, one for each kind of box. */
const icons: Readonly<Record<string, string>> = {
  outside: '<circle cx="16" cy="11" r="5.5"/><path d="M5 28c0-6 5-9.500 11-9.500s11 3.500 11 9.500"/>',
  vip: '<path d="M16 3 29 16 16 29 3 16z"/><path d="M11 16h10M16 11v10"/>',
  ...Object.fromEntries(roles.map(({ name, icon }) => [name, icon])),
};

export const iconOf = (kind: Node['kind']): string => icons[kind] ?? '';
