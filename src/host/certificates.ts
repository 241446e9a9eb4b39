import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  webcrypto,
  X509Certificate,
} from 'node:crypto';
import { isConstrainedTo, isIpv4, nameConstraints, nameConstraintsId } from './name-constraints.js';

/** What a certificate shall say. */
export interface CertificateOrder {
  readonly commonName: string;
  /** DNS names and IPv4 addresses that it is good for; for an authority, those that it may vouch for. */
  readonly names: readonly string[];
  readonly keyPem: string;
  readonly validDays: number;
  /** Good also for who connects, where both sides show who they are. */
  readonly peer?: boolean | undefined;
}

export interface Authority {
  readonly keyPem: string;
  readonly certificatePem: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;

export const newKeyPem = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const privateCryptoKey = (pem: string) =>
  webcrypto.subtle.importKey(
    'pkcs8',
    createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' }),
    algorithm,
    false,
    ['sign'],
  );

const publicCryptoKey = (pem: string) =>
  webcrypto.subtle.importKey('spki', createPublicKey(pem).export({ type: 'spki', format: 'der' }), algorithm, true, [
    'verify',
  ]);

/** A day back, because a virtual machine's clock may be behind this computer's. */
const validity = (now: Date, days: number) => ({
  notBefore: new Date(now.getTime() - dayMs),
  notAfter: new Date(now.getTime() + days * dayMs),
});

/** Positive and 127 bits long, as RFC 5280 section 4.1.2.2 wants it. */
const serialNumber = (): string => {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
};

/** What a certificate is for (RFC 5280 section 4.2.1.12): servers, and peers that connect to one another. */
const forServers = '1.3.6.1.5.5.7.3.1';
const forClients = '1.3.6.1.5.5.7.3.2';
const purposesOf = ({ peer }: Pick<CertificateOrder, 'peer'>): string[] =>
  peer ? [forServers, forClients] : [forServers];

/** The library takes 80 ms to load: only who issues something waits for it. */
const library = async () => {
  await import('reflect-metadata');
  return import('@peculiar/x509');
};

/**
 * A certificate of the lab's authority itself, signed by its own key. A user may add it to a browser, so whoever gets hold of
 * the key can do no more with it than speak for the lab: no other names, no authority below it, servers alone
 * (and, in a lab that has them, peers of a cluster).
 */
export const issueAuthority = async (order: CertificateOrder, now: Date): Promise<string> => {
  const x509 = await library();
  const publicKey = await publicCryptoKey(order.keyPem);
  const { KeyUsageFlags } = x509;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [{ CN: [order.commonName] }],
    issuer: [{ CN: [order.commonName] }],
    ...validity(now, order.validDays),
    signingAlgorithm: algorithm,
    publicKey,
    signingKey: await privateCryptoKey(order.keyPem),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      new x509.ExtendedKeyUsageExtension(purposesOf(order)),
      new x509.Extension(nameConstraintsId, true, new Uint8Array(nameConstraints(order.names))),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return `${certificate.toString('pem')}\n`;
};

/** A server's certificate, signed by the lab's authority. */
export const issueServer = async (order: CertificateOrder, authority: Authority, now: Date): Promise<string> => {
  const x509 = await library();
  const publicKey = await publicCryptoKey(order.keyPem);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [{ CN: [order.commonName] }],
    issuer: new x509.X509Certificate(authority.certificatePem).subjectName,
    ...validity(now, order.validDays),
    signingAlgorithm: algorithm,
    publicKey,
    signingKey: await privateCryptoKey(authority.keyPem),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(purposesOf(order)),
      new x509.SubjectAlternativeNameExtension(
        order.names.map((value) => ({ type: isIpv4(value) ? ('ip' as const) : ('dns' as const), value })),
      ),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(await publicCryptoKey(authority.keyPem)),
    ],
  });
  return `${certificate.toString('pem')}\n`;
};

/** Whether a certificate names this authority as its issuer, so that a verifier finds the way from one to the other. */
export const isIssuedBy = (certificatePem: string, authorityPem: string): boolean =>
  new X509Certificate(certificatePem).checkIssued(new X509Certificate(authorityPem));

const namesOf = (certificate: X509Certificate): string =>
  (certificate.subjectAltName ?? '')
    .split(', ')
    .filter(Boolean)
    .map((entry) => entry.replace(/^(DNS|IP Address):/, ''))
    .sort()
    .join();

/**
 * Whether a certificate still says what was ordered, fits its key and its authority, and lasts `spareDays` more. An authority's
 * is signed with its own key.
 */
export const isGood = (
  certificatePem: string,
  order: Omit<CertificateOrder, 'validDays'>,
  authorityKeyPem: string,
  now: Date,
  spareDays: number,
): boolean => {
  try {
    const certificate = new X509Certificate(certificatePem);
    const isAuthority = authorityKeyPem === order.keyPem;
    return (
      certificate.checkPrivateKey(createPrivateKey(order.keyPem)) &&
      certificate.verify(createPublicKey(authorityKeyPem)) &&
      certificate.subject === `CN=${order.commonName}` &&
      (isAuthority
        ? isConstrainedTo(certificate.raw, order.names)
        : namesOf(certificate) === [...order.names].sort().join()) &&
      certificate.keyUsage?.join() === purposesOf(order).join() &&
      Date.parse(certificate.validTo) > now.getTime() + spareDays * dayMs &&
      Date.parse(certificate.validFrom) <= now.getTime()
    );
  } catch {
    return false;
  }
};

/** Whether a text is a private key at all (a power cut may have left half of one). */
export const isKey = (pem: string): boolean => {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'ec';
  } catch {
    return false;
  }
};
