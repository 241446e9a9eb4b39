const ipv4 = /^\d+(\.\d+){3}$/;

export const isIpv4 = (name: string): boolean => ipv4.test(name);

/** One value of DER (X.690): its tag, its length in as few bytes as there can be, its content. */
const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  const { length } = content;
  const long = length > 0xff ? [0x82, length >> 8, length & 0xff] : [0x81, length];
  return Buffer.concat([Buffer.from([tag, ...(length < 0x80 ? [length] : long)]), content]);
};

/** RFC 5280 section 4.2.1.10: an address stands with its mask, which here leaves nothing open. */
const generalName = (name: string): Buffer =>
  isIpv4(name)
    ? der(0x87, Buffer.from([...name.split('.').map(Number), 0xff, 0xff, 0xff, 0xff]))
    : der(0x82, Buffer.from(name, 'ascii'));

/** The value of the extension that permits an authority these DNS names (with what is below them) and IPv4 addresses alone. */
export const nameConstraints = (names: readonly string[]): Buffer =>
  der(0x30, der(0xa0, ...[...names].sort().map((name) => der(0x30, generalName(name)))));

export const nameConstraintsId = '2.5.29.30';

/** The whole extension, marked critical, as it stands in a certificate. */
const extension = (names: readonly string[]): Buffer =>
  der(0x30, Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x1e, 0x01, 0x01, 0xff]), der(0x04, nameConstraints(names)));

/** Whether a certificate (DER) is constrained to exactly these names. */
export const isConstrainedTo = (certificate: Buffer, names: readonly string[]): boolean =>
  certificate.includes(extension(names));
