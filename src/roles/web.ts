import type { RoleFacts } from '../model/role.js';
import { release } from './release.js';
import { turnsConvergence, turnsIn } from './turns.js';

/** nginx: ends TLS, serves static content, passes the rest on. */
export const web: RoleFacts = {
  name: 'web',
  words: 'web server',
  synonyms: ['nginx', 'webserver'],
  missed: 'the load balancers have nothing to send requests to',
  software: () => 'nginx',
  icon: '<circle cx="16" cy="16" r="12.500"/><path d="M3.500 16h25M16 3.500c4 4 5 8 5 12.500s-1 8.500-5 12.500c-4-4-5-8-5-12.500s1-8.500 5-12.500z"/>',
  colour: { light: '#167a55', dark: '#4fc796' },
  firstOffset: 21,
  memoryMb: { usual: 512, least: 128 },
  ports: {
    web: { usual: 8443, about: 'On the web server: TLS with PROXY protocol, from the load balancers only' },
  },
  packages: () => release('curl', 'nginx'),
  folders: (plan) => [...(turnsIn(plan).length > 0 ? ['blue-green'] : []), 'web'],
  services: {
    nginx: {
      unit: () => 'nginx',
      configuration: { path: '/etc/nginx/nginx.conf', typo: 'wroker_connections 1024;' },
    },
  },
  programs: () => [
    ['nginx', 'nginx -v'],
    ['openssl', 'openssl version'],
  ],
  visits: [{ from: 'load-balancer', port: 'web', purpose: 'traffic and health checks, TLS with PROXY protocol' }],
  secrets: (plan, machine) => [
    {
      kind: 'certificate',
      keyPath: 'etc/nginx/tls/site.key',
      path: 'etc/nginx/tls/site.crt',
      commonName: machine.name,
      names: plan.network.siteNames,
    },
  ],
  convergences: [turnsConvergence],
  randomRows: [
    { settings: { fault: 'process-killed', service: 'nginx' } },
    { settings: { fault: 'power-cut' } },
    { settings: { fault: 'machine-paused' } },
  ],
};
