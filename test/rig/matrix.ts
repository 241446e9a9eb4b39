/** Whether all that is like what is tested anyway is tested too: in `npm run test:long`. */
const whole = process.env.QUINTET_TEST_MATRIX === '1';

/** Cases of which some stand for all. */
export const matrix = <T>(some: readonly T[], others: readonly T[]): readonly T[] =>
  whole ? [...some, ...others] : some;

/** The test function for tests that others stand for: they are declared in `npm run test:long` alone. */
export const inMatrix = <Test>(test: Test): Test => (whole ? test : ((() => undefined) as Test));
