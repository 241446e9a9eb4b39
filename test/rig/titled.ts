import type { TestFn } from 'ava';

/** AVA's test function, all its kinds included, with something before each title. */
export const titled = (prefix: string, test: TestFn): TestFn =>
  new Proxy(test, {
    apply: (target, self, [title, ...rest]) =>
      Reflect.apply(target, self, typeof title === 'string' ? [prefix + title, ...rest] : [title, ...rest]),
    get: (target, name) => {
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? titled(prefix, value as TestFn) : value;
    },
  });
