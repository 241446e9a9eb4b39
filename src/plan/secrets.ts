import type { Plan, PlannedMachine } from '../model/plan.js';

/** Where each secret lies in its machine's tree. `.pem` in /etc/mysql is what Ubuntu's AppArmor profile lets mysqld read. */
export const secretPaths = {
  authority: 'etc/quintet/ca.crt',
  siteKey: 'etc/nginx/tls/site.key',
  siteCertificate: 'etc/nginx/tls/site.crt',
  databaseAuthority: 'etc/mysql/lab-ca.pem',
  databaseKey: 'etc/mysql/lab-server-key.pem',
  databaseCertificate: 'etc/mysql/lab-server-cert.pem',
  databasePassword: 'etc/quintet/database.password',
} as const;

/** The certificate of the lab's own authority. */
export interface AuthoritySecret {
  readonly kind: 'authority';
  readonly path: string;
}

/** A key of the machine's own and the certificate that the lab's authority gives it. */
export interface CertificateSecret {
  readonly kind: 'certificate';
  readonly keyPath: string;
  readonly path: string;
  readonly commonName: string;
  /** DNS names and IPv4 addresses it is good for. */
  readonly names: readonly string[];
}

/** One password, the same on every machine that has it. */
export interface PasswordSecret {
  readonly kind: 'password';
  readonly path: string;
  readonly account: string;
}

export type Secret = AuthoritySecret | CertificateSecret | PasswordSecret;

/** What one machine must have and no other may see, as data: the files are made from it, and only from it. */
export interface MachineSecrets {
  readonly machine: string;
  readonly secrets: readonly Secret[];
}

const authority = (path: string): Secret => ({ kind: 'authority', path });

const siteCertificate = (plan: Plan, machine: PlannedMachine): Secret => ({
  kind: 'certificate',
  keyPath: secretPaths.siteKey,
  path: secretPaths.siteCertificate,
  commonName: machine.name,
  names: plan.network.siteNames,
});

const databaseCertificate = (machine: PlannedMachine): Secret => ({
  kind: 'certificate',
  keyPath: secretPaths.databaseKey,
  path: secretPaths.databaseCertificate,
  commonName: machine.name,
  names: [machine.name, machine.address],
});

const databasePassword = (plan: Plan): Secret => ({
  kind: 'password',
  path: secretPaths.databasePassword,
  account: plan.database.user,
});

const secretsOfMachine = (plan: Plan, machine: PlannedMachine): readonly Secret[] => {
  const does = (role: string) => machine.roles.some((own) => own === role);
  return [
    authority(secretPaths.authority),
    ...(does('web') ? [siteCertificate(plan, machine)] : []),
    ...(does('database') ? [authority(secretPaths.databaseAuthority), databaseCertificate(machine)] : []),
    ...(does('database') || does('app') ? [databasePassword(plan)] : []),
  ];
};

/** What each machine needs to know that the lab's files may not say. */
export const secretsOf = (plan: Plan): readonly MachineSecrets[] =>
  plan.machines.map((machine) => ({ machine: machine.name, secrets: secretsOfMachine(plan, machine) }));

/** Every path a secret puts in its machine's tree. */
export const pathsOf = (secret: Secret): readonly string[] =>
  secret.kind === 'certificate' ? [secret.keyPath, secret.path] : [secret.path];
