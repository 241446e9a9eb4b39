import { cpus, release, totalmem, type } from 'node:os';
import type { Environment } from '../model/history.js';
import type { Ground } from './ground.js';
import { versionsOf } from './observers/versions.js';

/** Where and with what a lab is verified. */
export const environmentOf = async (
  ground: Pick<Ground, 'plan' | 'provider'>,
  quintet: string,
  slowness: number,
): Promise<Environment> => ({
  quintet,
  node: process.versions.node,
  system: `${type()} ${release()}`,
  cores: cpus().length,
  memoryMb: Math.round(totalmem() / 1_048_576),
  ...(slowness > 1 && { slowness }),
  versions: await versionsOf(ground),
});
