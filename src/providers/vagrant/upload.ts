import { unpackScript } from '../container/upload.js';
import { tarOf } from '../tar.js';

export interface Parcel {
  /** What the machine runs, as root, with `input` as its standard input. */
  readonly argv: readonly string[];
  readonly input: string;
}

/** What puts files in place of the folder `to` of a machine. Text all through: it survives any pipe. */
export const parcelOf = (files: ReadonlyMap<string, Uint8Array>, to: string): Parcel => {
  const script = `base64 --decode | sh -c '${unpackScript.replaceAll("'", "'\\''")}' unpack "$1"`;
  return { argv: ['sh', '-c', script, 'parcel', to], input: Buffer.from(tarOf(files)).toString('base64') };
};
