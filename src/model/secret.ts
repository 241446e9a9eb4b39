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
  /** Its machine shows it also where it connects to others of its kind, which let nobody in without one. */
  readonly peer?: true;
}

/** The password of an account, the same on every machine that has it. */
export interface PasswordSecret {
  readonly kind: 'password';
  readonly path: string;
  readonly account: string;
}

/** What a machine must have and no other may see, as data: the files are made from it, and only from it. Paths in its tree. */
export type Secret = AuthoritySecret | CertificateSecret | PasswordSecret;
