/** A request for a part of the site, and what a good answer to it holds. */
export interface SiteRequest {
  readonly path: string;
  readonly contains: string;
}

/**
 * How an entry gets into the application and out of it again. Whoever writes one chooses its id, so the same entry may be sent
 * again. In every text here `ID` stands for it (`forEntry`).
 */
export interface EntryContract {
  readonly write: {
    readonly method: 'POST' | 'PUT';
    readonly path: string;
    /** JSON. */
    readonly body: string;
    /** What an answer holds that acknowledges the write; its status is 2xx. */
    readonly acknowledged: string;
    /** What the status must be where the entry is new, and where it was there already; any of 2xx when left out. */
    readonly statuses?: { readonly created: number; readonly again: number };
  };
  readonly read: {
    readonly path: string;
    /** What an answer with status 200 holds where the entry is there, and one with 404 where it is not. */
    readonly seen: string;
    readonly missing: string;
    /** An entry never changes once it is there: its answer may be kept. */
    readonly lasting?: true;
  };
  /** How all are read, page by page, in the order of their ids; where it is left out, each is read by itself. */
  readonly list?: {
    /** The entries after `ID`, at most `size` of them. */
    readonly path: string;
    readonly size: number;
    /** The answer is JSON: the field that holds the entries, and the one of each that holds its id. */
    readonly entries: string;
    readonly id: string;
  };
}

/** What the application promises to whoever asks its site: all that probes, checks, writers and readers know of it. */
export interface SiteContract {
  /** Served by the web server itself. */
  readonly static: SiteRequest;
  /** Answered by the application: that it is well, and its database too where it has one. */
  readonly dynamic: SiteRequest;
  /** Left out where the application takes no writes. */
  readonly entries?: EntryContract;
}

/** A text of an `EntryContract`, for the entry of that id. */
export const forEntry = (text: string, id: string): string => text.replaceAll(/\bID\b/g, () => id);

/** The same for a path. */
export const pathForEntry = (path: string, id: string): string => forEntry(path, encodeURIComponent(id));
