export default {
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  files: ['test/**/*.test.ts', '!test/real/**', '!test/vm/**'],
  workerThreads: false,
  timeout: '2m',
};
