import { type Lab, ownRuntime } from '../model/lab.js';
import type { EntryContract, SiteContract } from '../model/site.js';

/** What is said and looked for of an entry: nothing that JSON or HTML would write otherwise. */
const text = 'Entry ID of a verification';

/** The sample application, whatever it runs on. */
const sample: SiteContract = {
  static: { path: '/', contains: 'Quintet' },
  dynamic: { path: '/api/health', contains: '"database":"ok"' },
  entries: {
    write: {
      method: 'POST',
      path: '/api/entries',
      body: JSON.stringify({ id: 'ID', text }),
      acknowledged: '"id":"ID"',
      statuses: { created: 201, again: 200 },
    },
    read: {
      path: '/api/entries/ID',
      seen: '"id":"ID"',
      // Another 404 may come from an application that knows no such request.
      missing: 'there is no entry with the id ID',
      lasting: true,
    },
    list: { path: '/api/entries?after=ID&limit=1000', size: 1000, entries: 'entries', id: 'id' },
  },
};

/** An entry by its path alone: whatever answers to it must hold what was written. */
const ownEntries = ({ put, get }: NonNullable<Lab['app']['writes']>): EntryContract => ({
  write: { method: 'PUT', path: put, body: JSON.stringify({ id: 'ID', text }), acknowledged: '' },
  read: { path: get, seen: text, missing: '' },
});

/** An application of one's own has all paths but those of the pages that the web server serves itself. */
const own = ({ health = '/', writes }: Lab['app']): SiteContract => ({
  static: { path: '/index.html', contains: 'Quintet' },
  dynamic: { path: health, contains: '' },
  ...(writes && { entries: ownEntries(writes) }),
});

/** What the lab's application promises to whoever asks its site. */
export const siteContract = (app: Lab['app']): SiteContract => (app.runtime === ownRuntime ? own(app) : sample);
