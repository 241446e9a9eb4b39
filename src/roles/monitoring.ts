import { vantageName } from '../model/plan.js';
import { type Companion, everyMachine, type RoleFacts } from '../model/role.js';
import { release } from './release.js';

/** An exporter tells what it beside it does, to the monitoring server alone. */
const exporter = (
  name: string,
  { beside, port, about }: { readonly beside: Companion['beside']; readonly port: number; readonly about: string },
): Companion => ({
  name,
  beside,
  ports: { [name]: { usual: port, about: `${about}, for the monitoring server only`, unprivileged: true } },
  packages: () => release(`prometheus-${name}`),
  folders: () => [`monitoring/${name}`],
  starts: [`prometheus-${name}`],
  programs: () => [[name, `prometheus-${name} --version`]],
  visits: [{ from: 'monitoring', port: name, purpose: 'metrics' }],
});

/** Prometheus and Alertmanager: notices what goes wrong, and tells whoever is on call which machine it is. */
export const monitoring: RoleFacts = {
  name: 'monitoring',
  words: 'monitoring server',
  synonyms: ['monitor', 'prometheus', 'alertmanager', 'metrics'],
  software: () => 'Prometheus + Alertmanager',
  icon: '<path d="M3 5h26v18H3zM11 28h10M16 23v5M6 15h5l3-6 4 10 3-6h5"/>',
  colour: { light: '#a3236b', dark: '#ee7fb9' },
  firstOffset: 51,
  memoryMb: { usual: 512, least: 256 },
  ports: {
    prometheus: {
      usual: 9090,
      about: 'On the monitoring server: what it knows, for this computer only',
      unprivileged: true,
    },
  },
  packages: () => release('curl', 'prometheus', 'prometheus-alertmanager', 'prometheus-blackbox-exporter'),
  folders: () => ['monitoring/server'],
  services: {
    prometheus: {
      unit: () => 'prometheus',
      configuration: { path: '/etc/prometheus/prometheus.yml', typo: 'scrape_intervall: 1s', deaf: true },
    },
    alertmanager: {
      unit: () => 'prometheus-alertmanager',
      configuration: { path: '/etc/prometheus/alertmanager.yml', typo: 'group_weight: 1s', deaf: true },
    },
    blackbox: { unit: () => 'prometheus-blackbox-exporter' },
  },
  programs: () => [
    ['prometheus', 'prometheus --version'],
    ['alertmanager', 'prometheus-alertmanager --version'],
    ['blackbox', 'prometheus-blackbox-exporter --version'],
  ],
  visits: [{ from: vantageName, port: 'prometheus', purpose: 'what the monitoring knows' }],
  secrets: () => [],
  // Nobody who visits the site needs it.
  randomRows: [{ settings: { fault: 'power-cut' } }, { settings: { fault: 'process-killed', service: 'prometheus' } }],
  starts: ['prometheus', 'prometheus-alertmanager', 'prometheus-blackbox-exporter'],
  companions: [
    exporter('node-exporter', { beside: everyMachine, port: 9100, about: 'On every machine: how it is' }),
    exporter('nginx-exporter', { beside: 'web', port: 9113, about: 'On each web server: how nginx is' }),
    exporter('mysqld-exporter', { beside: 'database', port: 9104, about: 'On the database server: how it is' }),
  ],
  additional: {
    machine: 'monitor',
    gives: 'somebody who notices: metrics, alerts, and a page of them',
    costs: 'the second load balancer shares the web machine; 350 MB more to fetch',
  },
};
