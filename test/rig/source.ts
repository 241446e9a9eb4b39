import { fileURLToPath } from 'node:url';

/** Whether the tests run as JavaScript that was built for the whole run, or (a file alone) from their source. */
const built = import.meta.url.endsWith('.js');

const place = (source: string): URL =>
  new URL(`../../${built ? source.replace(/\.ts$/, '.js') : source}`, import.meta.url);

/** Node.js as it can import the sources. */
export const nodeArgv: readonly string[] = built
  ? [process.execPath]
  : [process.execPath, '--import', import.meta.resolve('tsx')];

/** The address to import a source at, in such a process, e.g. `src/host/lock.ts`. */
export const moduleOf = (source: string): string => place(source).href;

/** The command line of a program among the sources. */
export const programOf = (source: string): readonly string[] => [...nodeArgv, fileURLToPath(place(source))];
