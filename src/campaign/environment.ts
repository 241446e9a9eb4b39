import { cpus, release, totalmem, type } from 'node:os';
import type { Environment } from '../model/history.js';
import { type Pace, usualPace } from '../model/pace.js';
import type { Ground } from './ground.js';
import { versionsOf } from './observers/versions.js';

/** Where and with what a lab is verified. */
export const environmentOf = async (
  ground: Pick<Ground, 'plan' | 'provider'>,
  quintet: string,
  pace: Pace,
): Promise<Environment> => ({
  quintet,
  node: process.versions.node,
  system: `${type()} ${release()}`,
  cores: cpus().length,
  memoryMb: Math.round(totalmem() / 1_048_576),
  ...(pace > usualPace && { pace }),
  versions: await versionsOf(ground),
});
