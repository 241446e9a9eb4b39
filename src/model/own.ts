/** What a record has under a word that somebody chose: `__proto__` or `constructor` is a word like any other, and mostly not there. */
export const own = <V>(record: Readonly<Record<string, V>>, key: string): V | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
