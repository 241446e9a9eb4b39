import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import type { Path, Problem, Remark } from '../model/problem.js';
import { syntaxWords } from './syntax-words.js';

/** A YAML text with the means to say where in it something stands. */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly document: Document;
  readonly lines: LineCounter;
  /** What YAML itself finds wrong; with `broken` there is no use in looking at the data. */
  readonly problems: readonly Problem[];
  readonly broken: boolean;
  /** The plain data; undefined when there is none. */
  readonly data: unknown;
}

const longest = 256 * 1024;
/** Keys, values and signs: many times what the largest lab needs, and few enough to be judged at once. */
const mostPieces = 5000;
/** What YAML says of a file that is no YAML at all would fill screens. */
const mostComplaints = 200;
/** An alias may be used, a bomb of aliases may not. */
const maxAliasCount = 100;

export const readSource = (text: string, file: string): Source => {
  const lines = new LineCounter();
  const refused = tooMuch(text);
  const document = parseDocument(refused === undefined ? text : '', {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
  });
  const source = { file, text, document, lines, problems: [], broken: true, data: undefined };
  if (refused !== undefined) return { ...source, problems: [{ ...start(file), ...refused }] };
  const torn = conflict(source);
  if (torn !== undefined) return { ...source, problems: [torn] };
  const complaints = [...document.errors, ...document.warnings]
    .slice(0, mostComplaints)
    .map((error) => syntaxProblem(source, error));
  const { lost, doubtful } = doubtfulParts(source);
  const problems = oncePerLine([...complaints, ...lost, ...doubtful]);
  const broken = lost.length > 0 || document.errors.some((error) => error.code !== 'DUPLICATE_KEY');
  if (broken) return { ...source, problems };
  try {
    return { ...source, problems, broken, data: document.toJS({ maxAliasCount }) };
  } catch (error) {
    return { ...source, problems: [...problems, { ...start(file), ...aliasWords(error) }] };
  }
};

const start = (file: string) => ({ file, line: 1, column: 1, length: 1, severity: 'error' as const });

/** What YAML's own reader could choke on. */
const tooMuch = (text: string): { message: string; hint: string } | undefined => {
  if (text.length > longest) {
    return { message: 'the file is too long for a lab file (256 KiB)', hint: 'is this the right file?' };
  }
  if (text.includes('\0')) return { message: 'the file is not text', hint: 'is this the right file?' };
  if (hasTooMany(text)) {
    return { message: 'the file has too many keys and values for a lab file', hint: 'is this the right file?' };
  }
  return undefined;
};

/** Whether there is more in it than in any lab; looked at no longer than until that is plain. */
const hasTooMany = (text: string): boolean => {
  // Each is a letter at least.
  if (text.length <= mostPieces && !text.includes('*')) return false;
  let [pieces, aliases] = [0, 0];
  for (const lexeme of new Lexer().lex(text)) {
    if (!/^[\s#]/.test(lexeme) && lexeme >= ' ') pieces += 1;
    if (lexeme.startsWith('*')) aliases += 1;
    if (pieces > mostPieces || aliases > 2 * maxAliasCount) return true;
  }
  return false;
};

/** Where git left two versions of a text, whatever else is said about the file is a riddle. */
const conflict = (source: Pick<Source, 'file' | 'text' | 'lines'>): Problem | undefined => {
  const from = source.text.search(/^<{7}(?: |$)/m);
  if (from < 0 || !/^={7}$/m.test(source.text.slice(from))) return undefined;
  return {
    ...placeAt(source, from, source.text.length),
    severity: 'error',
    message: 'two versions of this file stand in it: git could not bring them together',
    hint: 'keep one of the two parts between <<<<<<< and >>>>>>>, and remove these lines themselves.',
  };
};

/** `051` is 51 to one program and 41 to the next; text that looks so (a code, a date) needs quotes. */
const zeroFirst = /^[-+]?0\d+$/;

interface DoubtfulParts {
  /** Of these the data knows nothing. */
  readonly lost: readonly Problem[];
  /** These are in the data as they may have been meant. */
  readonly doubtful: readonly Problem[];
}

/**
 * What YAML lets pass and JavaScript would lose or take otherwise than it looks: aliases of nothing, a key that objects keep for
 * themselves or that is no text, a number that begins with 0.
 */
const doubtfulParts = (source: Pick<Source, 'file' | 'text' | 'lines' | 'document'>): DoubtfulParts => {
  const [lost, doubtful]: [Problem[], Problem[]] = [[], []];
  const into = (list: Problem[]) => (node: Node, message: string, hint: string) => {
    const [from, to] = rangeOf(node);
    list.push({ ...placeAt(source, from, to), severity: 'error', message, hint });
  };
  const [lose, doubt] = [into(lost), into(doubtful)];
  visit(source.document, {
    Alias: (_, alias) => {
      if (alias.resolve(source.document) !== undefined) return;
      const { source: name } = alias;
      const message = `*${name} stands for something marked &${name} further up, and nothing is`;
      lose(alias, message, 'a text that begins with * needs quotes.');
    },
    Scalar: (_, scalar) => {
      const { source: written = '', value } = scalar;
      if (typeof value !== 'number' || !zeroFirst.test(written)) return;
      doubt(
        scalar,
        `${written} begins with 0, and programs differ in what that means`,
        `write ${value}, or "${written}".`,
      );
    },
    Pair: (_, { key }) => {
      if (!isScalar(key)) return;
      if (key.value === '__proto__') lose(key, 'nothing can be called __proto__', 'choose another name.');
      if (key.value !== null) return;
      const written = key.source ?? '';
      if (written !== '')
        lose(key, `${written} means nothing at all to YAML, so nothing can be called that`, 'choose another name.');
    },
  });
  return { lost, doubtful };
};

const aliasWords = (error: unknown) => ({
  message: `the aliases of this file can't be followed: ${error instanceof Error ? error.message : String(error)}`,
  hint: `write the values out instead of using * aliases (at most ${maxAliasCount} are followed).`,
});

/** Where a mistake begins: of quotes that never end YAML names the end, and of a doubled key only the first letter. */
const beginning = (text: string, { code, message, pos: [from, to] }: YAMLError): [number, number] => {
  const quote = /^Missing closing (["'])/.exec(message)?.[1];
  const opened = quote === undefined ? -1 : text.lastIndexOf(quote, from - 1);
  if (opened >= 0) return [opened, from];
  const key = code === 'DUPLICATE_KEY' ? /^[^\s:]+/.exec(text.slice(from, from + 100))?.[0] : undefined;
  return [from, key === undefined ? to : from + key.length];
};

const syntaxProblem = (source: Pick<Source, 'file' | 'text' | 'lines'>, error: YAMLError): Problem => ({
  ...placeAt(source, ...beginning(source.text, error)),
  severity: 'error',
  ...syntaxWords(error),
});

/** One mistake often makes several complaints on its line: the first says it best. */
const oncePerLine = (problems: readonly Problem[]): readonly Problem[] =>
  problems.filter((problem, index) => problems.findIndex(({ line }) => line === problem.line) === index);

const placeAt = (source: Pick<Source, 'file' | 'text' | 'lines'>, from: number, to: number) => {
  const { text, lines, file } = source;
  const { line, col } = lines.linePos(Math.min(from, text.length));
  const lineEnd = text.indexOf('\n', from) < 0 ? text.length : text.indexOf('\n', from);
  const end = text.slice(from, Math.min(to, lineEnd)).trimEnd().length;
  return { file, line: Math.max(1, line), column: Math.max(1, col), length: Math.max(1, end) };
};

interface Found {
  readonly node: unknown;
  readonly key: Node | undefined;
  /** Whether the whole path was there. */
  readonly whole: boolean;
}

/** What stands at a path, or the nearest thing above it. */
const find = (source: Source, path: Path): Found => {
  let found: Found = { node: source.document.contents, key: undefined, whole: true };
  for (const step of path) {
    const next = childOf(source, found.node, step);
    if (!next) return { ...found, whole: false };
    found = next;
  }
  return found;
};

const childOf = (source: Source, parent: unknown, step: string | number): Found | undefined => {
  const node = isAlias(parent) ? parent.resolve(source.document) : parent;
  if (isSeq(node)) {
    const item = node.items[Number(step)];
    return item === undefined ? undefined : { node: item, key: isNode(item) ? item : undefined, whole: true };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.findLast((item) => keyText(item) === String(step));
  return pair && { node: pair.value, key: isNode(pair.key) ? pair.key : undefined, whole: true };
};

const keyText = (pair: Pair): string => (isScalar(pair.key) ? String(pair.key.value) : String(pair.key));

/** Whether the user wrote something at a path. */
export const wrote = (source: Source, path: Path): boolean => {
  const { node, whole } = find(source, path);
  return whole && node !== null && !(isScalar(node) && node.value === null);
};

/** The problem of a remark, placed on the key or value it is about, or on the nearest section that was written. */
export const placed = (source: Source, remark: Remark): Problem => {
  const { path, at = 'value', part, severity = 'error', message, suggestion, hint } = remark;
  const { node, key, whole } = find(source, path);
  const value = isNode(node) && whole && at === 'value' && isShown(source, node) ? node : undefined;
  const [from, to] = rangeOf(value ?? key);
  const inner = value && part ? partOf(source, value, part) : undefined;
  return {
    ...placeAt(source, inner?.from ?? from, inner?.to ?? to),
    severity,
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(hint === undefined ? {} : { hint }),
  };
};

const rangeOf = (node: Node | undefined): readonly [number, number] =>
  node?.range ? [node.range[0], node.range[1]] : [0, 0];

/** A value worth pointing at: on one line and not empty. Of a whole section the key is shown instead. */
const isShown = (source: Source, node: Node): boolean => {
  const [from, to] = rangeOf(node);
  return to > from && (isScalar(node) || isAlias(node) || !source.text.slice(from, to).trimEnd().includes('\n'));
};

/** A part of a plain or quoted value, where what is written is what is meant. */
const partOf = (source: Source, node: Node, part: { from: number; length: number }) => {
  const [from, to] = rangeOf(node);
  const written = source.text.slice(from, to);
  const value = isScalar(node) ? String(node.value) : '';
  const shift = written.indexOf(value);
  if (value === '' || shift < 0) return undefined;
  return { from: from + shift + part.from, to: from + shift + part.from + part.length };
};
