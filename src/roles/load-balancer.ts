import { anyone, vantageName } from '../model/plan.js';
import type { RoleFacts, SettingsZod } from '../model/role.js';
import { release } from './release.js';

/** The named VRRP timings: adverts every 1 s, 0.3 s, 0.1 s. */
export const timings = ['classic', 'balanced', 'fast'] as const;

const settings = (z: SettingsZod) => ({
  vrrp: z
    .strictObject({
      timing: z.enum(timings).default('balanced').describe('classic: advert 1 s; balanced: 0.3 s; fast: 0.1 s'),
      advertMs: z
        .int()
        .min(10)
        .max(40_950)
        .multipleOf(10, 'must be a multiple of 10: VRRP v3 counts in hundredths of a second (RFC 9568)')
        .optional()
        .describe('Advertisement interval in milliseconds, instead of a named timing'),
      routerId: z.int().min(1).max(255).default(51).describe('Virtual router ID (VRID)'),
      preempt: z
        .boolean()
        .default(false)
        .describe('Whether the first load balancer takes the VIP back when it returns'),
      preemptDelayS: z.int().min(0).max(1000).default(10).describe('Seconds to wait before taking it back'),
    })
    .describe('How the load balancers share the VIP'),
});

const silent = 'masterDown + 150 ms';
/** One that wakes up takes the VIP for its own until it hears better. */
const asleep = 'masterDown + advert + 400 ms';

/** HAProxy and keepalived: the entry, and who holds the VIP. */
export const loadBalancer: RoleFacts = {
  name: 'load-balancer',
  words: 'load balancer',
  synonyms: ['lb', 'balancer', 'haproxy'],
  missed: 'visitors have no way in',
  software: () => 'HAProxy + keepalived',
  icon: '<circle cx="16" cy="6" r="3.500"/><circle cx="6" cy="26" r="3.500"/><circle cx="26" cy="26" r="3.500"/><path d="M16 9.500V16M6 22.500V20a4 4 0 0 1 4-4h12a4 4 0 0 1 4 4v2.500"/>',
  colour: { light: '#2463c9', dark: '#74a7ff' },
  firstOffset: 11,
  memoryMb: { usual: 512, least: 128 },
  ports: {
    http: { usual: 80, about: 'On the VIP: redirects to https' },
    https: { usual: 443, about: 'On the VIP: the site' },
    stats: { usual: 8404, about: 'On each load balancer: HAProxy statistics and metrics, for the vantage only' },
  },
  settings,
  packages: () => release('curl', 'haproxy', 'keepalived'),
  folders: () => ['load-balancer'],
  services: {
    haproxy: {
      unit: () => 'haproxy',
      configuration: { path: '/etc/haproxy/haproxy.cfg', typo: '    tiemout connect 1s' },
    },
    keepalived: {
      unit: () => 'keepalived',
      // It only grumbles at a word that it doesn't know, but ends itself when an instance lacks its router id.
      configuration: {
        path: '/etc/keepalived/keepalived.conf',
        typo: 'vrrp_instance typo {\n    virtual_ruoter_id 1\n}',
        deaf: true,
      },
    },
  },
  programs: () => [
    ['haproxy', 'haproxy -v'],
    ['keepalived', 'keepalived --version'],
  ],
  visits: [
    { from: anyone, at: 'vip', port: 'http', purpose: 'redirect to https' },
    { from: anyone, at: 'vip', port: 'https', purpose: 'the site' },
    { from: vantageName, port: 'stats', purpose: 'HAProxy statistics and metrics' },
    { from: 'monitoring', port: 'stats', purpose: 'metrics' },
  ],
  secrets: () => [],
  // Nothing that by itself makes two machines hold the VIP, but for the last three.
  randomRows: [
    { settings: { fault: 'process-killed', service: 'haproxy' }, outageAtMost: '250 ms' },
    { settings: { fault: 'process-hung', service: 'haproxy' }, outageAtMost: 'haproxyDown + skew + 150 ms' },
    { settings: { fault: 'process-killed', service: 'keepalived' }, outageAtMost: silent },
    { settings: { fault: 'service-stopped', service: 'keepalived' }, outageAtMost: 'skew + 150 ms' },
    { settings: { fault: 'service-reloaded', service: 'haproxy' }, outageAtMost: '100 ms' },
    { settings: { fault: 'config-broken', service: 'haproxy' }, outageAtMost: '100 ms' },
    { settings: { fault: 'power-cut' }, outageAtMost: silent },
    { settings: { fault: 'machine-paused' }, outageAtMost: asleep },
    { settings: { fault: 'cable-cut' }, outageAtMost: silent },
    { settings: { fault: 'vrrp-partition' }, outageAtMost: silent },
  ],
  additional: {
    machine: 'lb2',
    gives: 'the pair on machines of its own: either may lose its power',
    costs: 'nothing; nobody watches',
  },
};
