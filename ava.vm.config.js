/**
 * The long checks, outside CI's half hour: boxes are built and booted in QEMU, a lab of five runs under libvirt (without KVM
 * that takes long), and real Vagrant goes through whole labs on the VBoxManage stand-in.
 */
export default {
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  files: ['test/vm/**/*.test.ts'],
  workerThreads: false,
  concurrency: 1,
  serial: true,
  timeout: '30m',
};
