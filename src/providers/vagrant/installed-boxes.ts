import { join } from 'node:path';
import { exists, namesIn } from '../../host/files.js';

/** A box that Vagrant has on this computer. */
export interface InstalledBox {
  readonly provider: string;
  readonly version: string;
  /** `amd64`, `arm64`, …; undefined for one that was added without (by Vagrant before 2.4 always). */
  readonly architecture?: string;
}

/** How Vagrant names a box's folder (lib/vagrant/box_collection.rb). */
export const boxFolderName = (name: string, platform: NodeJS.Platform = process.platform): string =>
  (platform === 'win32' ? name.replaceAll(':', '-VAGRANTCOLON-') : name).replaceAll('/', '-VAGRANTSLASH-');

const children = (folder: string): Promise<string[]> => namesIn(folder).catch(() => []);
const isBox = (folder: string): Promise<boolean> => exists(join(folder, 'metadata.json')).catch(() => false);

/**
 * What Vagrant has of the box called `name`, read where it keeps them: boxes/NAME/VERSION/[ARCHITECTURE/]PROVIDER. Asking
 * `vagrant box list` would cost a second or more, and makes Vagrant's folders where there are none.
 */
export const installedBoxes = async (vagrantHome: string, name: string): Promise<InstalledBox[]> => {
  const folder = join(vagrantHome, 'boxes', boxFolderName(name));
  const versions = (await children(folder)).filter((version) => /^\d/.test(version));
  const found = versions.map(async (version) => {
    const parts = (await children(join(folder, version))).map(async (part): Promise<InstalledBox[]> => {
      if (await isBox(join(folder, version, part))) return [{ provider: part, version }];
      const below = await children(join(folder, version, part));
      const boxes = below.map(async (provider) =>
        (await isBox(join(folder, version, part, provider))) ? [provider] : [],
      );
      return (await Promise.all(boxes)).flat().map((provider) => ({ provider, version, architecture: part }));
    });
    return (await Promise.all(parts)).flat();
  });
  return (await Promise.all(found)).flat();
};
