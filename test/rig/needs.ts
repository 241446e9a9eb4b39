import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import test, { type TestFn } from 'ava';

const onPath = (program: string): boolean =>
  [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'].some((folder) =>
    existsSync(join(folder, program)),
  );

export const lacking = (needs: readonly string[]): string[] =>
  needs.filter((need) => (need === 'root' ? process.getuid?.() !== 0 : !onPath(need)));

/**
 * The test function for tests that need programs of this computer (or `root`). Where one is missing the tests are skipped,
 * and the run says so; in CI (`CI` set) nothing is skipped: there they fail for want of it.
 */
export const needs = (...names: string[]): TestFn => {
  const missing = lacking(names);
  if (missing.length === 0) return test;
  if (process.env.CI) {
    return ((title: string) => test(title, (t) => t.fail(`missing: ${missing.join(', ')}`))) as unknown as TestFn;
  }
  return ((title: string) =>
    test.skip(`${title} (missing: ${missing.join(', ')})`, () => undefined)) as unknown as TestFn;
};
