import type { Plugin } from 'esbuild';

/** For esbuild: leaves out Zod's words in sixty other languages, which would be a third of all that is read at each start. */
export const zodInEnglish: Plugin = {
  name: 'zod-in-english',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: 'export {};' })),
};
