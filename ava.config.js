export default {
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  files: ['test/**/*.test.ts', '!test/real/**'],
  timeout: '2m',
};
