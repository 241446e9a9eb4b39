/**
 * A test file that loads this may run beside another one that does (test/run.ts): it measures no time, and looks
 * for nothing on this computer but what is its own. Those that use the shared lab still come one after the other.
 */
export {};
