/** A folder of files packed in the format of POSIX.1-1988 (ustar), without any program of this computer: Windows has none. */

const blockSize = 512;
const encoder = new TextEncoder();

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;

/** A long path is split at a slash into a prefix of at most 155 and a name of at most 100 bytes; undefined when it can't be. */
const split = (path: string): readonly [name: string, prefix: string] | undefined => {
  if (encoder.encode(path).length <= 100) return [path, ''];
  const slashes = [...path.matchAll(/\//g)].map(({ index }) => index);
  for (const at of slashes) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (encoder.encode(name).length <= 100 && encoder.encode(prefix).length <= 155) return [name, prefix];
  }
  return undefined;
};

const header = (
  [name, prefix]: readonly [string, string],
  size: number,
  type: '0' | '5' | 'L',
  mode: number,
): Uint8Array => {
  const block = new Uint8Array(blockSize);
  const put = (at: number, text: string) => block.set(encoder.encode(text), at);
  put(0, name);
  put(100, octal(mode, 8));
  put(108, octal(0, 8));
  put(116, octal(0, 8));
  put(124, octal(size, 12));
  put(136, octal(0, 12));
  put(148, ' '.repeat(8));
  put(156, type);
  put(257, 'ustar\0' + '00');
  put(345, prefix);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return block;
};

const padded = (content: Uint8Array): Uint8Array => {
  const block = new Uint8Array(Math.ceil(content.length / blockSize) * blockSize);
  block.set(content);
  return block;
};

/** The header of an entry. One whose path is too long for it comes after an entry that holds that path, as GNU tar has it. */
const entry = (path: string, size: number, type: '0' | '5', mode: number): Uint8Array[] => {
  const place = split(path);
  if (place !== undefined) return [header(place, size, type, mode)];
  const whole = encoder.encode(`${path}\0`);
  return [
    header(['././@LongLink', ''], whole.length, 'L', 0),
    padded(whole),
    header([path.slice(0, 20), ''], size, type, mode),
  ];
};

const foldersOf = (paths: readonly string[]): string[] => {
  const found = paths.flatMap((path) => {
    const parts = path.split('/').slice(0, -1);
    return parts.map((_, index) => `${parts.slice(0, index + 1).join('/')}/`);
  });
  return [...new Set(found)].sort();
};

/** Files by path (with `/`), for their owner alone. */
export const tarOf = (files: ReadonlyMap<string, Uint8Array>): Uint8Array => {
  const paths = [...files.keys()].sort();
  const folders = foldersOf(paths).flatMap((path) => entry(path, 0, '5', 0o700));
  const entries = paths.flatMap((path) => {
    const content = files.get(path) ?? new Uint8Array();
    return [...entry(path, content.length, '0', 0o600), padded(content)];
  });
  return Buffer.concat([...folders, ...entries, new Uint8Array(2 * blockSize)]);
};
