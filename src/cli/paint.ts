import { Chalk, type ChalkInstance, supportsColorStderr } from 'chalk';

/** Colours for words, or none. */
export const paint = (color: boolean): ChalkInstance =>
  new Chalk({ level: color ? (supportsColorStderr === false ? 1 : supportsColorStderr.level) : 0 });
