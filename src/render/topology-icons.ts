import type { Node } from './topology-graph.js';

/** Line drawings of 32 by 32 pixels, one for each kind of box. */
const icons: Record<Node['kind'], string> = {
  outside: '<circle cx="16" cy="11" r="5.5"/><path d="M5 28c0-6 5-9.500 11-9.500s11 3.500 11 9.500"/>',
  vip: '<path d="M16 3 29 16 16 29 3 16z"/><path d="M11 16h10M16 11v10"/>',
  'load-balancer':
    '<circle cx="16" cy="6" r="3.500"/><circle cx="6" cy="26" r="3.500"/><circle cx="26" cy="26" r="3.500"/><path d="M16 9.500V16M6 22.500V20a4 4 0 0 1 4-4h12a4 4 0 0 1 4 4v2.500"/>',
  web: '<circle cx="16" cy="16" r="12.500"/><path d="M3.500 16h25M16 3.500c4 4 5 8 5 12.500s-1 8.500-5 12.500c-4-4-5-8-5-12.500s1-8.500 5-12.500z"/>',
  app: '<path d="M10 9 3 16l7 7M22 9l7 7-7 7M19 5l-6 22"/>',
  database:
    '<ellipse cx="16" cy="7" rx="11" ry="4"/><path d="M5 7v18c0 2.200 5 4 11 4s11-1.800 11-4V7M5 13c0 2.200 5 4 11 4s11-1.800 11-4M5 19c0 2.200 5 4 11 4s11-1.800 11-4"/>',
};

export const iconOf = (kind: Node['kind']): string => icons[kind];
