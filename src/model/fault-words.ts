import type { FaultSettings } from './scenario.js';

/** A fault in words: `process-killed of haproxy`. */
export const faultWords = ({ fault, service, direction, percent, bySeconds, path: where }: FaultSettings): string => {
  const more = [
    service === undefined ? [] : `of ${service}`,
    direction === undefined || direction === 'both' ? [] : `(${direction})`,
    percent === undefined ? [] : `of ${percent} %`,
    bySeconds === undefined ? [] : `by ${bySeconds} s`,
    where === undefined ? [] : `at ${where}`,
  ].flat();
  return [fault, ...more].join(' ');
};
