/** What lab.yaml may name, apart from its schema: the command line offers these before it needs to read a lab. */

/** What a machine does. A machine can have several. */
export const roles = ['load-balancer', 'web', 'app', 'database'] as const;
export type Role = (typeof roles)[number];

/** What runs machines. */
export const providerNames = ['virtualbox', 'libvirt', 'container'] as const;
export type ProviderName = (typeof providerNames)[number];

/** Operating systems whose packages the provisioners know. */
export const systems = ['debian-12', 'debian-13', 'ubuntu-22.04', 'ubuntu-24.04'] as const;
export type System = (typeof systems)[number];

export const runtimes = ['node', 'gunicorn'] as const;
export const engines = ['mysql', 'mariadb'] as const;
export const timings = ['classic', 'balanced', 'fast'] as const;
