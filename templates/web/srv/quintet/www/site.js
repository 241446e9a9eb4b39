/**
 * Asks the site ten times a second how it is, whatever became of the questions before (open loop), and shows which way the
 * answers came. The load balancer is told by the web server in a header; whether the application and the database are there, by
 * the answer of what is asked for, which the page names.
 */
const everyMs = 100;
const limitMs = 2500;
/** A later answer is as good as none: browsers send a request again by themselves when its connection breaks. */
const lateMs = 500;
const stripLength = 150;
const sendTries = 20;

const byId = (id) => document.getElementById(id);
const { asked } = document.body.dataset;
/** Absent where the application is none that takes entries. */
const form = byId('form');
const nodesOf = (part) => [...document.querySelectorAll(`.node[data-part="${part}"]`)];
const loadBalancers = nodesOf('load-balancer').map((node) => node.dataset.machine);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const ask = async (path, options = {}) => {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), limitMs);
  try {
    return await fetch(path, { cache: 'no-store', signal: stop.signal, ...options });
  } finally {
    clearTimeout(timer);
  }
};

/** What one look at the site found. `state`: good, partly (something behind the web server is gone) or lost. */
const look = async () => {
  const startedAt = performance.now();
  try {
    const response = await ask(asked);
    const body = await response.json().catch(() => ({}));
    const isLate = performance.now() - startedAt > lateMs;
    return {
      state: isLate ? 'lost' : response.ok ? 'good' : 'partly',
      loadBalancer: response.headers.get('X-Load-Balancer'),
      appMachine: response.headers.get('X-App-Machine'),
      database: body.database === undefined ? response.ok : body.database === 'ok',
      databaseMachine: response.headers.get('X-Database-Machine'),
      requestId: response.headers.get('X-Request-Id'),
      tookMs: Math.round(performance.now() - startedAt),
    };
  } catch (_error) {
    return { state: 'lost', tookMs: Math.round(performance.now() - startedAt) };
  }
};

const words = ({ state, appMachine }) => {
  if (state === 'good') return 'Everything answers';
  if (state === 'lost') return 'The site does not answer';
  return appMachine ? 'The database is gone' : 'The application is gone';
};

const mark = (part, stateOf) => {
  for (const node of nodesOf(part)) node.dataset.state = stateOf(node.dataset.machine);
};

const showPath = (seen) => {
  const lost = seen.state === 'lost';
  mark('you', () => (lost ? 'lost' : 'good'));
  mark('load-balancer', (name) => {
    if (name === seen.loadBalancer) return 'good';
    if (path.left.has(name)) return 'left';
    return lost ? 'unknown' : 'unused';
  });
  mark('web', () => (lost ? 'unknown' : 'good'));
  mark('app', (name) => (lost ? 'unknown' : !seen.appMachine ? 'lost' : name === seen.appMachine ? 'good' : 'unused'));
  const served = (name) => !seen.databaseMachine || name === seen.databaseMachine;
  mark('database', (name) => {
    if (lost || !seen.appMachine) return 'unknown';
    if (!seen.database) return 'lost';
    return served(name) ? 'good' : 'unused';
  });
};

const showFacts = (seen) => {
  const lost = seen.state === 'lost';
  byId('state').dataset.state = seen.state;
  byId('state-words').textContent = words(seen);
  byId('fact-load-balancer').textContent = seen.loadBalancer || (lost ? 'no answer' : 'unknown');
  byId('fact-app').textContent = seen.appMachine || (lost ? 'unknown' : 'gone');
  byId('fact-database').textContent = !seen.appMachine
    ? 'unknown'
    : seen.database
      ? seen.databaseMachine || 'there'
      : 'gone';
  byId('fact-time').textContent = lost ? '–' : `${seen.tookMs} ms`;
  if (seen.requestId) byId('request-id').textContent = seen.requestId;
};

const kindOf = (seen) => {
  if (seen.state !== 'good') return seen.state;
  return `through-${Math.max(0, loadBalancers.indexOf(seen.loadBalancer)) % 2}`;
};

const counts = { all: 0, answered: 0 };

/** A place in the strip for a question that is due now; its answer paints it. */
const nextBar = () => {
  const bar = document.createElement('i');
  byId('strip').append(bar);
  while (byId('strip').children.length > stripLength) byId('strip').firstChild.remove();
  return bar;
};

const showCounts = (seen) => {
  counts.all += 1;
  if (seen.state === 'good') counts.answered += 1;
  byId('summary').textContent = `${counts.answered} of ${counts.all} requests answered in full, ten a second.`;
};

/** `left`: load balancers that the address has gone away from, and that have not been heard of since. */
const path = { loadBalancer: undefined, badSince: undefined, left: new Set() };

const secondsOf = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

/** Tells where the address went and how long the site was away, from the first question that was due then to the first answered. */
const showMoves = (seen, dueAt) => {
  if (seen.state !== 'good') {
    path.badSince ??= dueAt;
    return;
  }
  const away = path.badSince === undefined ? 0 : dueAt - path.badSince;
  const moved = path.loadBalancer !== undefined && seen.loadBalancer !== path.loadBalancer;
  if (moved && away > 0) path.left.add(path.loadBalancer);
  path.left.delete(seen.loadBalancer);
  const way = moved ? `${path.loadBalancer} → ${seen.loadBalancer}` : seen.loadBalancer;
  if (moved || away > 0) byId('moves').textContent = `${way}, ${away > 0 ? `away ${secondsOf(away)}` : 'nothing lost'}`;
  path.loadBalancer = seen.loadBalancer;
  path.badSince = undefined;
};

const timeOf = (iso) => new Date(iso).toLocaleString([], { dateStyle: 'medium', timeStyle: 'medium' });

const entryItem = ({ text, createdAt }) => {
  const item = document.createElement('li');
  const what = document.createElement('span');
  const when = document.createElement('time');
  what.textContent = text;
  when.dateTime = createdAt;
  when.textContent = timeOf(createdAt);
  item.append(what, when);
  return item;
};

const showEntries = async () => {
  try {
    const response = await ask(`${form.getAttribute('action')}?order=newest&limit=20`);
    if (!response.ok) return;
    const { entries } = await response.json();
    byId('entries').replaceChildren(...entries.map(entryItem));
    byId('entries-words').textContent = entries.length > 0 ? '' : 'None yet. Yours would be the first.';
  } catch (_error) {
    // The strip already shows that nothing answers; what was read before stays on the page.
  }
};

/** Sends one entry until it is answered: the id stays the same, so sending it twice does no harm. */
const send = async (entry) => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const options = {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(entry),
      };
      const response = await ask(form.getAttribute('action'), options);
      if (response.status < 500) return { response, attempt };
    } catch (_error) {
      // No answer: whether it was stored is unknown, so it is sent again.
    }
    if (attempt === sendTries) return { attempt };
    byId('form-words').textContent = `No answer yet; sending it again under the same id (${attempt + 1}).`;
    await pause(500);
  }
};

const sentWords = async ({ response, attempt }) => {
  if (!response) return 'No answer. Your words are still here: try again.';
  if (!response.ok) return (await response.json()).error;
  return attempt === 1
    ? 'Added.'
    : `Added, at the ${attempt}th time of sending, once.`.replace('2th', '2nd').replace('3th', '3rd');
};

let entry;

const add = async (event) => {
  event.preventDefault();
  const text = byId('text').value;
  // Words that got no answer keep their id when they are sent again.
  if (!entry || entry.text !== text)
    entry = { id: `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`, text };
  byId('add').disabled = true;
  byId('form-words').textContent = 'Sending…';
  const sent = await send(entry);
  byId('form-words').textContent = await sentWords(sent);
  byId('add').disabled = false;
  if (!sent.response?.ok) return;
  entry = undefined;
  byId('text').value = '';
  await showEntries();
};

let latest = 0;
let wasGood = false;

const once = async (number) => {
  const dueAt = performance.now();
  const bar = nextBar();
  const seen = await look();
  bar.className = kindOf(seen);
  showCounts(seen);
  // An answer that was overtaken says nothing about now.
  if (number < latest) return;
  latest = number;
  showMoves(seen, dueAt);
  showPath(seen);
  showFacts(seen);
  const isBack = seen.state === 'good' && !wasGood;
  wasGood = seen.state === 'good';
  if (isBack && form) await showEntries();
};

const watch = () => {
  for (let index = 0; index < stripLength; index += 1) nextBar();
  let number = 0;
  setInterval(() => {
    number += 1;
    once(number);
  }, everyMs);
};

const showClient = async () => {
  try {
    const { client } = await (await ask('/api/whoami')).json();
    byId('client').textContent = client || 'your browser';
  } catch (_error) {
    // Not worth a word: the address is decoration.
  }
};

if (form) {
  form.addEventListener('submit', add);
  showClient();
}
watch();
