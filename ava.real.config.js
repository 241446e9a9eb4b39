import unit from './ava.config.js';

/** The tests that need the real thing: containers, Vagrant, a browser. One at a time: they share the computer. */
const [unitFiles] = unit.files;
export default {
  ...unit,
  files: [unitFiles.replace('/**/', '/{real,attacks,more,long}/')],
  concurrency: 1,
  serial: true,
  timeout: '30m',
};
