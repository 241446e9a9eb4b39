/** More than this is no lateness but a clock that was set meanwhile. */
const latestMs = 30_000;

/**
 * How long ago something happened that is told with the time of a clock that is not ours. How far the two are apart, the word
 * that came the quickest tells.
 */
export const ownClock = (): ((thenMs: number, heardMs: number) => number) => {
  let apartMs = Number.POSITIVE_INFINITY;
  return (thenMs, heardMs) => {
    const seemsMs = heardMs - thenMs;
    if (seemsMs < apartMs || seemsMs > apartMs + latestMs) apartMs = seemsMs;
    return seemsMs - apartMs;
  };
};

const shapes: readonly (readonly [RegExp, (time: string) => number])[] = [
  [/^(?:tick|journal|alert) (\d+\.\d+)(?: |$)/, (time) => Number(time) * 1000],
  [/^\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+)\] /, (time) => Date.parse(`${time}Z`)],
];

/** The time with which a load balancer's watcher tells a line, in milliseconds; undefined where it has none. */
export const timeIn = (line: string): number | undefined => {
  for (const [shape, read] of shapes) {
    const time = shape.exec(line)?.[1];
    if (time !== undefined) return read(time);
  }
  return undefined;
};
