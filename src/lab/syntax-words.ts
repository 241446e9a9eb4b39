import type { YAMLError } from 'yaml';

interface Words {
  readonly message: string;
  readonly hint?: string;
}

type Code = YAMLError['code'];

const indentHint = 'keys of one section stand exactly below each other, moved in by spaces.';

/** YAML's complaints in words for someone who does not know YAML's own. */
const words: Readonly<Partial<Record<Code, (message: string) => Words>>> = {
  TAB_AS_INDENT: () => ({
    message: 'a tab moves this line in, and YAML takes only spaces',
    hint: 'replace the tab by two spaces; most editors can do it for the whole file.',
  }),
  DUPLICATE_KEY: () => ({
    message: 'this key is there twice in the same section',
    hint: 'keep one of them; the other would be lost.',
  }),
  BAD_INDENT: (message) =>
    message.includes('end with a')
      ? {
          message: `before this, a bracket is still open: ${lower(message).split(' ').at(-1)} is missing`,
          hint: 'close it.',
        }
      : { message: 'this line is not moved in as its neighbours are', hint: indentHint },
  MULTIPLE_DOCS: () => ({
    message: 'a second document begins here',
    hint: 'one file describes one lab: remove the line --- and what follows, or put it into a file of its own.',
  }),
  BLOCK_AS_IMPLICIT_KEY: () => ({
    message: 'a second key: value begins on this line',
    hint: 'one key a line; a text with ": " in it needs quotes.',
  }),
  MULTILINE_IMPLICIT_KEY: () => ({ message: 'a key must stand on one line, with : behind it', hint: indentHint }),
  KEY_OVER_1024_CHARS: () => ({ message: 'this key is too long', hint: 'is a : missing?' }),
  BAD_DQ_ESCAPE: () => ({
    message: 'in double quotes a \\ begins an escape, and this is none',
    hint: "use single quotes ('…') to have \\ as it is.",
  }),
  BAD_SCALAR_START: (message) => ({ message: lower(message), hint: 'put the text into quotes.' }),
  RESOURCE_EXHAUSTION: () => ({
    message: 'this is nested too deeply',
    hint: 'a lab file needs three or four levels.',
  }),
  TAG_RESOLVE_FAILED: () => ({
    message: 'a ! tag means nothing here',
    hint: 'remove it; a text that begins with ! needs quotes.',
  }),
  BAD_ALIAS: (message) => ({ message: lower(message), hint: 'a text that begins with * or & needs quotes.' }),
  MISSING_CHAR: (message) => missing(message),
  UNEXPECTED_TOKEN: (message) => ({
    message: `this can't stand here: ${lower(message)}`,
    hint: 'a text with any of : # { } [ ] , & * ! | > % @ in it is safe in quotes.',
  }),
};

const missing = (message: string): Words => {
  if (message.includes('map values'))
    return { message: 'a : with a space behind it is missing', hint: 'write key: value' };
  if (message.includes('quote'))
    return { message: 'the quotes that begin here never end', hint: 'add the closing quote.' };
  return { message: lower(message) };
};

const lower = (message: string): string => message.charAt(0).toLowerCase() + message.slice(1);

export const syntaxWords = (error: YAMLError): Words =>
  words[error.code]?.(error.message) ?? { message: `this is no YAML: ${lower(error.message)}` };
