/**
 * One function per language: makes a value safe to stand as one word (or literal) there, or throws when the language has
 * no way to say it. Nothing of a lab reaches a generated file except through one of these.
 */
export type Quote = (value: unknown) => string;

/** Numbers and booleans are what they are; everything else must be text. A missing value is a bug, never an empty word. */
const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  throw new Error(`can't be written into a file: ${value === null ? 'null' : typeof value}`);
};

const refuse = (language: string, text: string): never => {
  throw new Error(`can't be written in ${language}: ${JSON.stringify(text)}`);
};

/** Control characters and whatever else somebody may take for the end of a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const plainWord = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** A word in a format that knows no quoting (hosts, sysctl): plain characters or an error. */
export const plain: Quote = (value) => {
  const text = textOf(value);
  return plainWord.test(text) ? text : refuse('a plain file', text);
};

/** Text behind a comment sign: whatever it is, it stays on its line. */
export const comment: Quote = (value) =>
  textOf(value)
    .replace(new RegExp(`${control.source}+`, 'g'), ' ')
    .replaceAll('*/', '* /')
    .replaceAll('-->', '-- >')
    .replace(/\\+$/, '');

/** One word of a POSIX shell. Bytes a process can't be given (NUL) are refused. */
export const shell: Quote = (value) => {
  const text = textOf(value);
  if (text.includes('\0')) return refuse('shell', text);
  return plainWord.test(text) && !text.includes('=') ? text : `'${text.replaceAll("'", `'\\''`)}'`;
};

/** A Ruby literal: a string that interpolates nothing, a number, true, false, or nil for null. */
export const ruby: Quote = (value) => {
  if (value === null) return 'nil';
  if (typeof value !== 'string') return textOf(value);
  if (/^[ -&(-[\]-~]*$/.test(value)) return `'${value}'`;
  return `"${value.replace(/["\\#]/g, '\\$&').replace(new RegExp(control.source, 'g'), rubyEscape)}"`;
};

const rubyEscape = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/** A JSON value; good in JavaScript, YAML and Python too. */
export const json: Quote = (value) => {
  if (value === undefined) throw new Error("can't be written into a file: undefined");
  return JSON.stringify(value).replace(/[\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`);
};

/** A string of VCL, which knows no escapes (vcl(7), Strings). */
export const vclString: Quote = (value) => {
  const text = textOf(value);
  return control.test(text) || text.includes('"') ? refuse('VCL', text) : `"${text}"`;
};

/** A MySQL or MariaDB string literal, whatever sql_mode says of backslashes: those are refused. */
export const sqlString: Quote = (value) => {
  const text = textOf(value);
  return control.test(text) || text.includes('\\') ? refuse('SQL', text) : `'${text.replaceAll("'", "''")}'`;
};

/** A MySQL or MariaDB name in back quotes. */
export const sqlIdentifier: Quote = (value) => {
  const text = textOf(value);
  return control.test(text) || text === '' || text.length > 64 || text.endsWith(' ')
    ? refuse('SQL', text)
    : `\`${text.replaceAll('`', '``')}\``;
};

/** An nginx parameter. A dollar sign can't be escaped there (it names a variable), so it is refused. */
export const nginx: Quote = (value) => {
  const text = textOf(value);
  if (control.test(text) || text.includes('$')) return refuse('nginx', text);
  return plainWord.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
};

/** A HAProxy word: strong quotes, in which nothing is expanded. `%` would begin a log-format variable, so it is refused. */
export const haproxy: Quote = (value) => {
  const text = textOf(value);
  if (control.test(text) || text.includes('%')) return refuse('HAProxy', text);
  return plainWord.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
};

/** keepalived has no dependable quoting: plain characters or an error (`@` begins a condition, `%` a macro name). */
export const keepalived: Quote = (value) => {
  const text = textOf(value);
  return /^[A-Za-z0-9_+:,./-]+$/.test(text) ? text : refuse('keepalived', text);
};

/** An address, a port, a name or an interface of nftables: plain characters or an error. */
export const nftables: Quote = (value) => {
  const text = textOf(value);
  return /^[A-Za-z0-9_:./-]+$/.test(text) ? text : refuse('nftables', text);
};

/** A word of a systemd unit: `%` begins a specifier and `$` a variable there, both are doubled. */
export const systemd: Quote = (value) => {
  const text = textOf(value);
  if (control.test(text)) return refuse('systemd', text);
  const doubled = text.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[A-Za-z0-9_@%+:,./$-]+$/.test(doubled) ? doubled : `"${doubled.replace(/["\\]/g, '\\$&')}"`;
};

/** The value of one line of an EnvironmentFile= of systemd. */
export const environment: Quote = (value) => {
  const text = textOf(value);
  if (control.test(text)) return refuse('an environment file', text);
  return plainWord.test(text) ? text : `"${text.replace(/["\\$`]/g, '\\$&')}"`;
};

/** The value of an option file of MySQL or MariaDB. */
export const optionFile: Quote = (value) => {
  const text = textOf(value);
  return plainWord.test(text) ? text : refuse('an option file', text);
};

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text or a quoted attribute of HTML or SVG. Control characters have no place there and become spaces. */
export const html: Quote = (value) =>
  textOf(value)
    .replace(new RegExp(control.source, 'g'), (character) => ('\t\n'.includes(character) ? character : ' '))
    .replace(/[&<>"']/g, (character) => entities[character] ?? '');

/** Text of Markdown on one line, in which nothing is markup. */
export const markdown: Quote = (value) => comment(value).replace(/[\\`*_{}[\]<>()#+!|~&$-]/g, '\\$&');
