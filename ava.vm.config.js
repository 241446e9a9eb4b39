/** Real virtual machines: boxes are built and booted in QEMU, a lab of five runs under libvirt. Where there is no KVM that takes long. */
export default {
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  files: ['test/vm/**/*.test.ts'],
  workerThreads: false,
  concurrency: 1,
  serial: true,
  timeout: '30m',
};
