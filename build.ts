import { copyFile, rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { zodInEnglish } from './zod-in-english.js';

/**
 * `npm run build`: src -> dist, with the libraries inside. Loaded one by one they are four hundred small files, and the
 * command line takes twice as long to start. What several entries or verbs share becomes a chunk of its own.
 */
await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: [
    'src/cli/main.ts',
    'src/campaign/traffic/prober-main.ts',
    'src/campaign/traffic/traffic-main.ts',
    'src/campaign/vantage-main.ts',
    'src/providers/container/forward-relay.ts',
  ],
  outdir: 'dist',
  outbase: 'src',
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  // For the libraries that are CommonJS inside.
  banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
  legalComments: 'none',
  plugins: [zodInEnglish],
  logLevel: 'warning',
});
for (const name of ['enter.pl', 'idmap.pl']) {
  await copyFile(`src/providers/container/${name}`, `dist/providers/container/${name}`);
}
