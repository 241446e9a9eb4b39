import type { Role } from '../model/lab.js';
import type { Plan } from '../model/plan.js';
import type { Service } from '../model/scenario.js';

/** The role whose machines run a service. */
export const roleOf: Readonly<Record<Service, Role>> = {
  haproxy: 'load-balancer',
  keepalived: 'load-balancer',
  nginx: 'web',
  app: 'app',
  database: 'database',
};

/** The systemd unit of a service in a lab. */
export const unitOf = (service: Service, { database }: Pick<Plan, 'database'>): string => {
  const units: Readonly<Record<Service, string>> = {
    haproxy: 'haproxy',
    keepalived: 'keepalived',
    nginx: 'nginx',
    app: 'quintet-app',
    database: database.engine === 'mariadb' ? 'mariadb' : 'mysql',
  };
  return `${units[service]}.service`;
};
