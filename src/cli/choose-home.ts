import { resolve } from 'node:path';
import { homeVariable } from '../host/home.js';

/** The option `--home` is the variable, for this process and what it starts. */
export const chooseHome = async (folder: string): Promise<void> => {
  process.env[homeVariable] = resolve(folder);
};
