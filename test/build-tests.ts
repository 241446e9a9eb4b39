import { copyFile, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { zodInEnglish } from '../zod-in-english.js';

/**
 * The tests as JavaScript in `.test-build`, built once for all processes of a run: translated one by one by each of them they take
 * twice as long. A built file finds its fixtures where its source lies.
 */

export const builtFolder = '.test-build';

/** Programs and modules that tests start in a process of its own, found by `ownScript` and by `test/rig/source.ts`. */
const startedAlone = [
  'src/campaign/traffic/prober-main.ts',
  'src/campaign/traffic/traffic-main.ts',
  'src/campaign/vantage-main.ts',
  'src/providers/container/forward-relay.ts',
  'src/providers/container/container.ts',
  'src/host/files.ts',
  'src/host/lock.ts',
  'test/rig/dark-site-main.ts',
  'test/rig/vboxmanage/inside.ts',
  'test/rig/vboxmanage/service.ts',
];

/** Programs in another language, found by `ownFile`. */
const asTheyAre = ['src/providers/container/enter.pl', 'src/providers/container/idmap.pl'];

/** These look for what was built, not for what lies beside their source. */
const knowsTheBuild = ['src/host/own-script.ts', 'test/rig/source.ts'];

const builtPath = (source: string): string => join(builtFolder, source.replace(/\.ts$/, '.js'));

/** `import.meta` as if the source itself ran. */
const asAtItsSource: Plugin = {
  name: 'as-at-its-source',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const source = relative('.', path).replaceAll('\\', '/');
      const place = knowsTheBuild.includes(source) ? resolve(builtPath(source)) : path;
      const contents = text
        .replaceAll(/\bimport\.meta\.url\b/g, JSON.stringify(pathToFileURL(place).href))
        .replaceAll(/\bimport\.meta\.filename\b/g, JSON.stringify(place))
        .replaceAll(/\bimport\.meta\.dirname\b/g, JSON.stringify(dirname(place)));
      return { contents, loader: 'ts' };
    });
  },
};

/** Tests of several files in one process: each title begins with its file's name, as AVA's own do. */
const titledByFile = (together: ReadonlySet<string>): Plugin => ({
  name: 'titled-by-file',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^ava$/ }, ({ importer, namespace }) =>
      namespace === 'file' && together.has(relative('.', importer).replaceAll('\\', '/'))
        ? { path: importer, namespace: 'titled' }
        : { path: 'ava', external: true },
    );
    onLoad({ filter: /./, namespace: 'titled' }, ({ path }) => ({
      contents: `import test from 'ava';
        // Waited for by all of a room, so that their tests are declared at once.
        import ${JSON.stringify(resolve('test/rig/templates.ts'))};
        import { titled } from ${JSON.stringify(resolve('test/rig/titled.ts'))};
        export * from 'ava';
        export default titled(${JSON.stringify(`${basename(path, '.test.ts')} › `)}, test);`,
      resolveDir: dirname(path),
    }));
  },
});

const shared: BuildOptions = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  external: ['ava', 'esbuild', '@babel/parser', 'playwright-core', 'tsx'],
  logLevel: 'warning',
};

/** Every file that a file's bundle would hold. */
const inputsOf = (entry: string, { inputs }: Metafile): ReadonlySet<string> => {
  const found = new Set<string>();
  const add = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    for (const { path: next } of inputs[path]?.imports ?? []) add(next);
  };
  add(entry);
  return found;
};

/** What one process can't do for several files at once, or what another's work would disturb. */
const wantsItsOwnProcess =
  /src\/host\/command\.ts|test\/rig\/(?!templates)|node:(?:child_process|timers|net|http)|^(?:execa|esbuild)$/;
const asksTheClock = /\bprocess\.(?:env|chdir|exit)|setTimeout|performance\.now|Date\.now/;

const mayShare = async (entry: string, metafile: Metafile): Promise<boolean> =>
  [...inputsOf(entry, metafile)].every((path) => !wantsItsOwnProcess.test(path)) &&
  !asksTheClock.test(await readFile(entry, 'utf8'));

/** Unit tests that need nothing but a processor, by their room. */
const roomsOf = async (files: readonly string[]): Promise<Map<string, string[]>> => {
  const { metafile } = await build({
    ...shared,
    entryPoints: [...files],
    outdir: builtFolder,
    packages: 'external',
    write: false,
    metafile: true,
  });
  const rooms = new Map<string, string[]>();
  for (const file of files) {
    if (!(await mayShare(file, metafile))) continue;
    const room = file.split('/')[1] ?? '';
    rooms.set(room, [...(rooms.get(room) ?? []), file]);
  }
  return rooms;
};

const testFiles = async (): Promise<string[]> =>
  (await readdir('test', { recursive: true }))
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `test/${file.replaceAll('\\', '/')}`)
    .sort();

export const buildTests = async (): Promise<void> => {
  await rm(builtFolder, { recursive: true, force: true });
  const files = await testFiles();
  const unit = files.filter((file) => !/^test\/(?:real|attacks|more|long)\//.test(file));
  const rooms = await roomsOf(unit);
  const together = new Set([...rooms.values()].flat());
  const alone = [...files.filter((file) => !together.has(file)), ...startedAlone];
  const roomEntries: Plugin = {
    name: 'rooms',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^room:/ }, ({ path }) => ({ path: path.slice('room:'.length), namespace: 'room' }));
      onLoad({ filter: /./, namespace: 'room' }, ({ path }) => ({
        contents: (rooms.get(path) ?? []).map((file) => `import './${file}';`).join('\n'),
        resolveDir: resolve('.'),
      }));
    },
  };
  await build({
    ...shared,
    entryPoints: [
      ...alone.map((file) => ({ in: file, out: file.replace(/\.ts$/, '') })),
      ...[...rooms.keys()].map((room) => ({ in: `room:${room}`, out: `test/${room}.test` })),
    ],
    outdir: builtFolder,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    banner: {
      js: "import { createRequire as requireOf } from 'node:module';\nconst require = requireOf(import.meta.url);",
    },
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    plugins: [roomEntries, titledByFile(together), asAtItsSource, zodInEnglish],
  });
  for (const file of asTheyAre) await copyFile(file, join(builtFolder, file));
};
