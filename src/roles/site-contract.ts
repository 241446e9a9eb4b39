import type { SiteContract } from '../model/site.js';

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
    },
    list: { path: '/api/entries?after=ID&limit=1000', size: 1000, entries: 'entries', id: 'id' },
  },
};

/** What the lab's application promises to whoever asks its site. */
export const siteContract = (): SiteContract => sample;
