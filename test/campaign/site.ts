import { issueAuthority, issueServer, newKeyPem } from '../../src/host/certificates.js';

export interface SiteCertificate {
  readonly ca: string;
  readonly key: string;
  readonly cert: string;
}

/** A certificate for a server on the loopback, by an authority of its own. */
export const siteCertificate = async (
  names = ['www.scale-up.test', 'localhost', '127.0.0.1'],
): Promise<SiteCertificate> => {
  const now = new Date();
  const keyPem = newKeyPem();
  const certificatePem = await issueAuthority({ commonName: 'Test authority', names, keyPem, validDays: 2 }, now);
  const key = newKeyPem();
  const order = { commonName: names[0] ?? '', names, keyPem: key, validDays: 2 };
  return { ca: certificatePem, key, cert: await issueServer(order, { keyPem, certificatePem }, now) };
};
