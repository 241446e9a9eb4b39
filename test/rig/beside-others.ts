/**
 * A test file that loads this may run beside another one that does (test/run.ts): it shares no lab with others, measures no time, and
 * looks for nothing on this computer but what is its own.
 */
export {};
