import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureDir, exists, fileError } from '../../host/files.js';
import { bundleKind } from './kind.js';

/** Secrets and state of Quintet, of Vagrant and of git, wherever they lie in a lab folder. */
const neverTaken = new Set(['.quintet', '.vagrant', '.git']);

const isTaken = async (folder: string, name: string, isTop: boolean): Promise<boolean> => {
  if (neverTaken.has(name) || name.startsWith('.quintet-new-') || name.includes(bundleKind.prefix)) return false;
  if (isTop && name === 'reports') return false;
  // A bundle that was written into the lab folder.
  return !(await exists(join(folder, name, bundleKind.marker)).catch(() => false));
};

/**
 * Copies a lab folder without secrets, state and reports. Links are left out, for they may lead to any of these; their
 * paths are returned.
 */
export const copyLab = async (from: string, to: string, isTop = true): Promise<string[]> => {
  await ensureDir(to);
  const left: string[] = [];
  try {
    for (const entry of await readdir(from, { withFileTypes: true })) {
      const [source, target] = [join(from, entry.name), join(to, entry.name)];
      if (!(await isTaken(from, entry.name, isTop))) continue;
      if (entry.isDirectory()) left.push(...(await copyLab(source, target, false)));
      else if (entry.isFile()) await copyFile(source, target);
      else left.push(source);
    }
  } catch (error) {
    throw fileError('copy', from, error);
  }
  return left;
};
