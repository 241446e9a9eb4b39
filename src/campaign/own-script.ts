import { fileURLToPath } from 'node:url';

/** The command line that runs one of this room's own scripts with this Node.js, compiled or (in tests) from its source. */
export const ownScript = (name: 'prober-main' | 'vantage-main'): readonly string[] => {
  const compiled = import.meta.url.endsWith('.js');
  const script = fileURLToPath(new URL(`./${name}.${compiled ? 'js' : 'ts'}`, import.meta.url));
  return compiled ? [process.execPath, script] : [process.execPath, '--import', import.meta.resolve('tsx'), script];
};
