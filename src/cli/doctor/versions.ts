/** Less than, equal to or more than 0, as `one` is older than, the same as or newer than `other`; parts left out are 0. */
export const compareVersions = (one: string, other: string): number => {
  const [left, right] = [one, other].map((version) => (version.match(/\d+/g) ?? []).slice(0, 3).map(Number));
  const at = [0, 1, 2].find((index) => (left?.[index] ?? 0) !== (right?.[index] ?? 0));
  return at === undefined ? 0 : (left?.[at] ?? 0) - (right?.[at] ?? 0);
};
