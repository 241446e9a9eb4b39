import { isAbsolute, relative, sep } from 'node:path';
import * as z from 'zod';

/**
 * How a machine is reached by SSH. Of what `vagrant ssh-config` tells only this is used: the rest of an ssh_config(5) can name
 * commands of this computer, and what is kept of it lies in a folder that anybody may have written.
 */
const way = z.object({
  hostName: z.string().regex(/^[\w:][\w.:-]*$/),
  user: z.string().regex(/^[a-z_][\w-]*$/i),
  port: z.number().int().min(1).max(65_535),
  identityFiles: z.array(z.string().regex(/^[^\n\r\0]+$/)).max(8),
  /** What an old machine's server asks for, such as `PubkeyAcceptedKeyTypes +ssh-rsa`. */
  algorithms: z.array(
    z.tuple([z.enum(['PubkeyAcceptedKeyTypes', 'HostKeyAlgorithms']), z.string().regex(/^[\w+^,@.*-]+$/)]),
  ),
});
export type Way = z.infer<typeof way>;

/** A way, and the lab folder for which Vagrant told it: the keys' paths hold for as long as the lab lies there. */
const kept = z.object({ version: z.literal(1), folder: z.string(), way });

const values = (told: string, key: string): string[] =>
  [...told.matchAll(new RegExp(`^\\s*${key} (.*?)\\r?$`, 'gmi'))].map(([, value = '']) => value);

const plain = (path: string): string => /^"(.*)"$/.exec(path)?.[1] ?? path;

/** What Vagrant tells; undefined when it does not tell enough, or something that is no such thing. */
export const wayIn = (told: string): Way | undefined => {
  const algorithms = (['PubkeyAcceptedKeyTypes', 'HostKeyAlgorithms'] as const).flatMap((key) =>
    values(told, key).map((value) => [key, value] as const),
  );
  const found = way.safeParse({
    hostName: values(told, 'HostName')[0],
    user: values(told, 'User')[0],
    port: Number(values(told, 'Port')[0] ?? 22),
    identityFiles: values(told, 'IdentityFile').map(plain),
    algorithms,
  });
  return found.success ? found.data : undefined;
};

export const keptWay = (folder: string, found: Way): string =>
  `${JSON.stringify({ version: 1, folder, way: found }, null, 2)}\n`;

/** Nobody but this computer, and networks that are its own. */
const isNear = (host: string): boolean =>
  /^(localhost|127\.[\d.]+|::1|10\.[\d.]+|192\.168\.[\d.]+|172\.(1[6-9]|2\d|3[01])\.[\d.]+)$/.test(host);

const isBelow = (path: string, folder: string): boolean => {
  const inside = relative(folder, path);
  return isAbsolute(path) && !isAbsolute(inside) && inside.split(sep)[0] !== '..';
};

/**
 * What was written down, where it still leads to this machine: the lab may have moved, and the port be another machine's. It
 * is believed of machines that are near, and of keys that lie in one of the folders where Vagrant keeps them.
 */
export const wayKept = (
  text: string | undefined,
  {
    folder,
    keyFolders,
    port,
  }: { readonly folder: string; readonly keyFolders: readonly string[]; readonly port: number | undefined },
): Way | undefined => {
  const found = kept.safeParse(parsed(text ?? ''));
  if (!found.success || found.data.folder !== folder) return undefined;
  const { way: one } = found.data;
  if (port !== undefined && one.port !== port) return undefined;
  const areKeys = one.identityFiles.every((file) => keyFolders.some((keys) => isBelow(file, keys)));
  return isNear(one.hostName) && areKeys ? one : undefined;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** ssh reads quotes, `\` and `%` in a path as its own (ssh_config(5)). Windows' paths have none of these but the `\`, which Vagrant has seen to. */
const quoted = (path: string, platform: NodeJS.Platform): string =>
  platform === 'win32' ? `"${path}"` : `"${path.replaceAll(/["\\]/g, '\\$&').replaceAll('%', '%%')}"`;

/** The options by which ssh goes that way and no other: no file is read, of the user's or of the system's. */
export const waysOptions = (one: Way, platform: NodeJS.Platform = process.platform): readonly string[] => [
  '-F',
  'none',
  ...[
    `HostName=${one.hostName}`,
    `User=${one.user}`,
    `Port=${one.port}`,
    ...one.identityFiles.map((file) => `IdentityFile=${quoted(file, platform)}`),
    'IdentitiesOnly=yes',
    'UserKnownHostsFile=/dev/null',
    'StrictHostKeyChecking=no',
    'PasswordAuthentication=no',
    ...one.algorithms.map(([key, value]) => `${key}=${value}`),
  ].flatMap((option) => ['-o', option]),
];
