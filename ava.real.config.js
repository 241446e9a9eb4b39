/** The tests that need the real thing: containers, Vagrant, a browser. One at a time: they share the computer. */
export default {
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  files: ['test/real/**/*.test.ts'],
  workerThreads: false,
  concurrency: 1,
  serial: true,
  timeout: '10m',
};
