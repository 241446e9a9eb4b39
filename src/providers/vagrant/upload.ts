import { join } from 'node:path';
import { filesBelow, readBytes } from '../../host/files.js';
import { plainFolders, unpackScript } from '../container/upload.js';
import { tarOf } from './tar.js';

/** The merged folders as an archive; later ones win. */
const pack = async (folders: readonly string[]): Promise<Uint8Array> => {
  const files = new Map<string, Uint8Array>();
  for (const folder of folders) {
    for (const path of await filesBelow(folder)) files.set(path, await readBytes(join(folder, path)));
  }
  return tarOf(files);
};

export interface Parcel {
  /** What the machine runs, as root, with `input` as its standard input. */
  readonly argv: readonly string[];
  readonly input: string;
}

/** What puts the merged folders `from` in place of the folder `to` of a machine. Text all through: it survives any pipe. */
export const parcelOf = async (from: readonly string[], to: string): Promise<Parcel> => {
  const archive = await pack(await plainFolders(from));
  const script = `base64 --decode | sh -c '${unpackScript.replaceAll("'", "'\\''")}' unpack "$1"`;
  return { argv: ['sh', '-c', script, 'parcel', to], input: Buffer.from(archive).toString('base64') };
};
