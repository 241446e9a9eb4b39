export type Severity = 'error' | 'warning';

/** Something wrong in a text the user wrote. Lines and columns count from 1; `column` and `length` in UTF-16 units. */
export interface Problem {
  /** The file as the user knows it: a path, or `--set` for a setting of the command line. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** How much of the line is meant; at least 1. */
  readonly length: number;
  readonly severity: Severity;
  /** What is wrong and why. */
  readonly message: string;
  /** What could stand there instead, word for word. */
  readonly suggestion?: string;
  /** What to do next. */
  readonly hint?: string;
}

/** Where in a file's data something stands: `['machines', 'web', 'roles', 0]`. */
export type Path = readonly (string | number)[];

/** A problem before its place in the text is known. */
export interface Remark {
  readonly path: Path;
  /** Whether the key itself is meant or (the default) what stands behind it. */
  readonly at?: 'key' | 'value';
  /** The part of a value that is meant, when not all of it. */
  readonly part?: { readonly from: number; readonly length: number };
  /** An error when left out. */
  readonly severity?: Severity;
  readonly message: string;
  readonly suggestion?: string | undefined;
  readonly hint?: string | undefined;
}
