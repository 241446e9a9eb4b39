import type { FolderKind } from '../../host/new-folder.js';
import { InputError } from '../../model/errors.js';
import { aboutFile, sumsFile } from '../../render/bundle.js';

/** A bundle is whole when its checksums are there: they are written and moved last. */
export const bundleKind: FolderKind = {
  marker: sumsFile,
  prefix: '.quintet-bundle-',
  parts: ['quintet', 'packages', 'base', 'box', 'lab', 'install.sh', 'README.md', aboutFile, sumsFile],
  taken: (folder) =>
    new InputError(`${folder} is a bundle already.`, {
      hint: 'Choose another folder, or --force to replace it when the new one is whole.',
    }),
};
