import test from 'ava';
import { build } from 'esbuild';

/** What a bundle's entry loads before anything is asked of it. */
const loadedBy = async (entry: string): Promise<Set<string>> => {
  const { metafile } = await build({
    entryPoints: [entry],
    outdir: 'unwritten',
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const loaded = new Set<string>();
  const load = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const each of metafile.outputs[path]?.imports ?? []) if (each.kind === 'import-statement') load(each.path);
  };
  for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) if (entryPoint === entry) load(path);
  return loaded;
};

test('charts’ libraries are loaded where a page is written and not before', async (t) => {
  t.true((await loadedBy('src/report/html.ts')).has('@observablehq/plot'));
  for (const entry of ['src/cli/main.ts', 'src/cli/verbs/verify.ts', 'src/cli/verbs/report.ts']) {
    const loaded = await loadedBy(entry);
    t.true(loaded.size > 3, entry);
    for (const library of ['@observablehq/plot', 'linkedom/worker'])
      t.false(loaded.has(library), `${entry}: ${library}`);
  }
});
