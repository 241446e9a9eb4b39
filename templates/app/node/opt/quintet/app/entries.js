'use strict';

/** What the user of the API did wrong, in words for them. */
class BadRequest extends Error {
  constructor(message, status) {
    super(message);
    this.status = status || 400;
  }
}

/** After this a visitor is told that the database is gone: still in time for an answer that counts. A cluster says how long it needs. */
const budgetMs = Number(process.env.DATABASE_BUDGET_MS || 650 * Number(process.env.PACE || 1));
const idPattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;
const longestText = 500;
const mostEntries = 1000;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;
const duplicateKey = 1062;

const idRule = 'id must be 1 to 64 characters of A-Z, a-z, 0-9, ".", "_", ":" and "-", starting with a letter or digit';

const checkedId = (value, name) => {
  if (typeof value === 'string' && idPattern.test(value)) return value;
  throw new BadRequest(name === 'id' ? idRule : `${name}: ${idRule}`);
};

const checkedText = (value) => {
  if (typeof value !== 'string' || value.trim() === '') throw new BadRequest('text must be some words');
  // Characters as people count them, not UTF-16 code units.
  if (Array.from(value).length > longestText) throw new BadRequest(`text must be at most ${longestText} characters`);
  if (Buffer.from(value).toString() !== value) throw new BadRequest('text must be whole characters');
  if (controls.test(value)) throw new BadRequest('text must have no control characters');
  return value;
};

const checkedLimit = (value) => {
  if (value === null) return 100;
  if (/^[1-9]\d{0,3}$/.test(value) && Number(value) <= mostEntries) return Number(value);
  throw new BadRequest(`limit must be a whole number from 1 to ${mostEntries}`);
};

const shown = (row) => ({ id: row.id, text: row.text, createdAt: row.created_at.toISOString() });

/** A row of a body that must be {"id": …, "text": …} and nothing else. */
const checkedEntry = (body) => {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new BadRequest('the body must be a JSON object such as {"id": "a1", "text": "hello"}');
  }
  const unknown = Object.keys(body).find((key) => key !== 'id' && key !== 'text');
  if (unknown !== undefined) throw new BadRequest(`there is no field ${JSON.stringify(unknown)}: only id and text`);
  return { id: checkedId(body.id, 'id'), text: checkedText(body.text) };
};

const columns = 'SELECT id, text, created_at FROM entries';

/** By id, from after `after` on: whoever asks page by page sees every entry. With order=newest, the last ones. */
exports.listEntries = async (pool, query) => {
  // MySQL takes the number behind LIMIT of a prepared statement as text from this driver.
  const limit = String(checkedLimit(query.get('limit')));
  const after = query.get('after');
  const order = query.get('order');
  if (order === 'newest' && after === null) {
    return (await pool.execute(`${columns} ORDER BY created_at DESC, id DESC LIMIT ?`, [limit], budgetMs)).map(shown);
  }
  if (order !== null && order !== 'id') throw new BadRequest('order must be id or, without after, newest');
  const from = after === null ? '' : checkedId(after, 'after');
  return (await pool.execute(`${columns} WHERE id > ? ORDER BY id LIMIT ?`, [from, limit], budgetMs)).map(shown);
};

exports.readEntry = async (pool, text) => {
  const id = checkedId(text, 'id');
  const [row] = await pool.execute(`${columns} WHERE id = ?`, [id], budgetMs);
  if (row === undefined) throw new BadRequest(`there is no entry with the id ${id}`, 404);
  return shown(row);
};

/**
 * Adds an entry under the id that the client chose, so that a client who heard no answer may send it again: the same
 * entry again is fine (`created` is false), another text under the same id is refused.
 */
exports.addEntry = async (pool, body) => {
  const { id, text } = checkedEntry(body);
  let created = true;
  try {
    await pool.execute('INSERT INTO entries (id, text) VALUES (?, ?)', [id, text], budgetMs);
  } catch (error) {
    if (error.errno !== duplicateKey) throw error;
    created = false;
  }
  const [row] = await pool.execute(`${columns} WHERE id = ?`, [id], budgetMs);
  if (row.text !== text) throw new BadRequest(`there is already another entry with the id ${id}`, 409);
  return { created, entry: shown(row) };
};

exports.checkDatabase = (pool) => pool.execute('SELECT 1 FROM entries LIMIT 1', [], budgetMs);

exports.BadRequest = BadRequest;
