import type { RoleFacts } from '../model/role.js';
import { release } from './release.js';

/**
 * Varnish, between the web server and the application: it takes reads from the application without a line of the application knowing.
 * Valkey, beside the application, would be 210 MB less to install (Varnish compiles its configuration and brings a C compiler), but then
 * the application must look there first and keep it in step, and who replaces it by an application of their own has no cache any more.
 * And a cache in the way of each request is the better lesson: it can be killed, and everybody would notice.
 */
export const cache: RoleFacts = {
  name: 'cache',
  words: 'cache server',
  synonyms: ['varnish', 'caching', 'proxy-cache'],
  software: () => 'Varnish',
  icon: '<path d="M4 8h24v6H4zM4 18h24v6H4zM8 11h4M8 21h4"/><path d="M22 3l-4 8h6l-5 10"/>',
  colour: { light: '#0b7285', dark: '#5cc8dc' },
  firstOffset: 61,
  memoryMb: { usual: 512, least: 192 },
  ports: {
    cache: { usual: 6081, about: 'On the cache server: reads, from the web server only', unprivileged: true },
  },
  packages: () => release('curl', 'varnish'),
  folders: () => ['cache'],
  services: { varnish: { unit: () => 'varnish' } },
  programs: () => [['varnish', 'varnishd -V']],
  visits: [{ from: 'web', port: 'cache', purpose: 'reads' }],
  secrets: () => [],
  // nginx asks the application itself where the cache is silent.
  randomRows: [{ settings: { fault: 'process-killed', service: 'varnish' } }, { settings: { fault: 'power-cut' } }],
  starts: ['varnish', 'varnishncsa'],
  additional: {
    machine: 'cache',
    gives: 'Varnish before the application: entries that were read once cost it nothing more',
    costs: 'the second load balancer shares the web machine; 220 MB more to install',
  },
};
