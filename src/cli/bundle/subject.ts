import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from '../../host/files.js';
import type { LabSite } from '../../providers/provider.js';
import type { Context } from '../context.js';
import { nearestLab } from '../lab-folder-of.js';
import { openLab } from '../open-lab.js';
import { initByDefault } from '../verbs/init.js';

/** The lab that is taken along. */
export interface Subject {
  readonly site: LabSite;
  /** Removes what was made only for this. */
  release(): Promise<void>;
}

/** The lab that the command stands in; elsewhere the default one, made for the occasion. */
export const subjectOf = async (context: Context): Promise<Subject> => {
  if (context.labDir !== undefined || (await nearestLab(context)) !== undefined) {
    const { site } = await openLab(context);
    return { site, release: async () => undefined };
  }
  const room = await mkdtemp(join(tmpdir(), 'quintet-bundle-'));
  const release = () => removeTree(room);
  try {
    const labDir = await initByDefault(context, { folder: join(room, 'lab'), settings: [] });
    const { site } = await openLab({ ...context, labDir });
    return { site, release };
  } catch (error) {
    await release();
    throw error;
  }
};
