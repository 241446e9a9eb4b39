import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { readIfAny } from '../../host/files.js';
import { hierarchies, makeGroups, mostTasks, removeGroups } from './cgroups.js';
import { needsScopes } from './scopes.js';

const controlsProcesses = async (): Promise<boolean> => {
  const [unified] = await hierarchies();
  const controllers = unified && (await readIfAny(join(unified.mount, 'cgroup.controllers')));
  return /\bpids\b/.test(controllers ?? '');
};

/** Whether this computer keeps to the bound of processes that machines are given, found out by giving it to a group for a moment. */
export const boundsProcesses = async (): Promise<boolean> => {
  if (await needsScopes()) return controlsProcesses();
  const name = `quintet-trial-${randomBytes(4).toString('hex')}`;
  try {
    const paths = await makeGroups(name, { memoryMb: 64, cores: availableParallelism() });
    const bounds = await Promise.all(paths.map((path) => readIfAny(join(path, 'pids.max'))));
    return bounds.some((bound) => bound?.trim() === String(mostTasks));
  } finally {
    await removeGroups(name);
  }
};
