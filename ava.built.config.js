/** The unit tests as `npm run unit` builds them: see test/build-tests.ts. */
export default {
  files: ['.test-build/test/**/*.test.js', '!.test-build/test/{real,more,long,vm}/**'],
  nodeArguments: ['--enable-source-maps'],
  workerThreads: false,
  timeout: '2m',
};
