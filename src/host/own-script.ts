import { fileURLToPath } from 'node:url';

/** Programs of Quintet's own that run beside it, as paths below `src` (compiled, below `dist`). */
export type OwnScript =
  | 'campaign/traffic/prober-main'
  | 'campaign/traffic/traffic-main'
  | 'campaign/vantage-main'
  | 'providers/container/forward-relay';

/** Programs of Quintet's own that are not Node.js's, which lie there as they are. */
export type OwnFile = 'providers/container/enter.pl' | 'providers/container/idmap.pl';

/** The path of one of them. */
export const ownFile = (name: OwnFile): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

/**
 * The command line that runs one of them with this Node.js, compiled or (in tests) from its source. This file lies one
 * folder below the root in both cases: the build keeps shared code in `dist/chunks`.
 */
export const ownScript = (name: OwnScript): readonly string[] => {
  const compiled = import.meta.url.endsWith('.js');
  const script = fileURLToPath(new URL(`../${name}.${compiled ? 'js' : 'ts'}`, import.meta.url));
  return compiled ? [process.execPath, script] : [process.execPath, '--import', import.meta.resolve('tsx'), script];
};
