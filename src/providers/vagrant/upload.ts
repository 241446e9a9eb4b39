import { join } from 'node:path';
import { filesBelow, readBytes } from '../../host/files.js';
import { plainFolders, unpackScript } from '../container/upload.js';
import { tarOf } from './tar.js';

/** Editors on Windows end lines with CR and LF, which shells and daemons in the machine stumble over. Not in binary files. */
export const forMachine = (content: Uint8Array, platform: NodeJS.Platform = process.platform): Uint8Array =>
  platform !== 'win32' || content.includes(0)
    ? content
    : Buffer.from(Buffer.from(content).toString('latin1').replaceAll('\r\n', '\n'), 'latin1');

/** The merged folders as an archive; later ones win. */
const pack = async (folders: readonly string[]): Promise<Uint8Array> => {
  const files = new Map<string, Uint8Array>();
  for (const folder of folders) {
    for (const path of await filesBelow(folder)) files.set(path, forMachine(await readBytes(join(folder, path))));
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
