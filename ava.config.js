import { ensureBuilt } from './test/rig/ensure-built.js';

/**
 * The unit tests. `npx ava test/x.test.ts` runs a file from its source; `npm run unit` and `npm test` build all of them first
 * (test/build-tests.ts), which is twice as fast for many and slower for one.
 */
const built = process.env.QUINTET_TESTS_BUILT === '1';
if (!built) ensureBuilt();

const folder = built ? '.test-build/test' : 'test';
export default {
  files: [`${folder}/**/*.test.${built ? 'js' : 'ts'}`, `!${folder}/{real,attacks,more,long}/**`],
  ...(built ? {} : { extensions: { ts: 'module' }, nodeArguments: ['--import=tsx'] }),
  workerThreads: false,
  timeout: '3m',
};
