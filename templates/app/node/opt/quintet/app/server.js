'use strict';

const http = require('http');
const { Databases } = require('./databases.js');
const { addEntry, BadRequest, checkDatabase, listEntries, readEntry } = require('./entries.js');
const { log } = require('./log.js');
const { DatabaseGone } = require('./pool.js');
const { settings } = require('./settings.js');

const biggestBody = 16 * 1024;
const stopMs = 8000;

const { machine, address, port, database } = settings();
const databases = new Databases(database);
const sockets = new Map();
let stopping = false;

const readBody = (request) =>
  new Promise((resolve, reject) => {
    const chunks = [];
    let bytes = 0;
    request.on('data', (chunk) => {
      bytes += chunk.length;
      if (bytes <= biggestBody) chunks.push(chunk);
      else reject(new BadRequest(`the body must be at most ${biggestBody} bytes`, 413));
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('aborted', () => reject(new BadRequest('the request was cut off')));
    request.on('error', reject);
  });

const readJson = async (request) => {
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] || '')) {
    throw new BadRequest('the body must be application/json', 415);
  }
  const bytes = await readBody(request);
  const text = bytes.toString('utf8');
  if (!Buffer.from(text).equals(bytes)) throw new BadRequest('the body is not UTF-8');
  try {
    return JSON.parse(text);
  } catch (_error) {
    throw new BadRequest('the body is not JSON');
  }
};

const health = async ({ asking }) => {
  await checkDatabase(asking);
  return { status: 200, body: { status: 'ok', database: 'ok' } };
};

const whoAmI = ({ request }) => ({
  status: 200,
  body: {
    machine,
    runtime: `Node.js ${process.version}`,
    process: process.pid,
    upSeconds: Math.round(process.uptime()),
    client: request.headers['x-real-ip'] || request.socket.remoteAddress,
    loadBalancer: request.headers['x-load-balancer'] || null,
    requestId: request.headers['x-request-id'] || null,
  },
});

const list = async ({ query, asking }) => ({ status: 200, body: { entries: await listEntries(asking, query) } });

const read = async ({ id, asking }) => ({ status: 200, body: await readEntry(asking, id) });

const add = async ({ request, asking }) => {
  const { created, entry } = await addEntry(asking, await readJson(request));
  return { status: created ? 201 : 200, body: entry };
};

const routes = {
  '/api/health': { GET: health },
  '/api/whoami': { GET: whoAmI },
  '/api/entries': { GET: list, POST: add },
  '/api/entries/ID': { GET: read },
};

/** The route that a path is for, and the id in it. */
const routeOf = (path) => {
  const [, id] = /^\/api\/entries\/([^/]+)$/.exec(path) || [];
  return id === undefined ? [routes[path]] : [routes['/api/entries/ID'], id];
};

const route = (request, url, asking) => {
  const [methods, id] = routeOf(url.pathname);
  if (!methods) throw new BadRequest('there is nothing here', 404);
  const handler = methods[request.method === 'HEAD' ? 'GET' : request.method];
  if (handler) return handler({ request, query: url.searchParams, id, asking });
  const allowed = Object.keys(methods).join(', ');
  throw Object.assign(new BadRequest(`only ${allowed} here`, 405), { headers: { Allow: allowed } });
};

/** What to tell the client of an error, and what to write in the log. */
const answerTo = (error) => {
  if (error instanceof BadRequest) {
    return { status: error.status, headers: error.headers, body: { error: error.message } };
  }
  if (error instanceof DatabaseGone) {
    const body = { status: 'unavailable', database: 'gone', error: 'The database can’t be reached. Try again.' };
    return { status: 503, headers: { 'Retry-After': '1' }, body, cause: `${error.code}: ${error.message}` };
  }
  return { status: 500, body: { error: 'Something went wrong here.' }, cause: error.stack };
};

const send = (request, response, answer, databaseMachine) => {
  const text = `${JSON.stringify(answer.body)}\n`;
  const close = stopping || !request.complete;
  response.writeHead(
    answer.status,
    Object.assign(
      {
        'Content-Type': 'application/json; charset=utf-8',
        'Content-Length': Buffer.byteLength(text),
        'Cache-Control': 'no-store',
        'X-App-Machine': machine,
      },
      databaseMachine === undefined ? {} : { 'X-Database-Machine': databaseMachine },
      close ? { Connection: 'close' } : {},
      answer.headers,
    ),
  );
  response.end(request.method === 'HEAD' ? undefined : text);
};

const answer = async (request, asking) => {
  try {
    return await route(request, new URL(request.url, 'http://app'), asking);
  } catch (error) {
    return answerTo(error);
  }
};

const serve = async (request, response) => {
  const startedAt = process.hrtime.bigint();
  sockets.set(request.socket, true);
  const asking = databases.ask();
  const answered = await answer(request, asking);
  response.on('finish', () => {
    sockets.set(request.socket, false);
    if (stopping) request.socket.end();
  });
  send(request, response, answered, asking.machine);
  log(answered.status < 500 ? 'info' : 'error', 'request', {
    requestId: request.headers['x-request-id'],
    client: request.headers['x-real-ip'],
    method: request.method,
    path: request.url,
    status: answered.status,
    durationMs: Math.round(Number(process.hrtime.bigint() - startedAt) / 1e3) / 1e3,
    database: asking.machine,
    cause: answered.cause,
  });
};

const server = http.createServer((request, response) => {
  serve(request, response).catch((error) => {
    log('error', 'answer failed', { cause: error.stack });
    response.destroy();
  });
});

// Longer than nginx keeps its idle connections (60 s): the side that sends requests is the one that hangs up.
server.keepAliveTimeout = 75000;
server.headersTimeout = 80000;
server.requestTimeout = 15000;

// Which connections are open and whether a request is under way on them: stopping waits for those alone.
server.on('connection', (socket) => {
  sockets.set(socket, false);
  socket.on('close', () => sockets.delete(socket));
});

const stop = (signal) => {
  if (stopping) return;
  stopping = true;
  log('info', 'stopping', { signal });
  server.close(() => {
    databases.close();
    log('info', 'stopped', {});
    process.exit(0);
  });
  for (const [socket, busy] of sockets) if (!busy) socket.end();
  setTimeout(() => process.exit(1), stopMs).unref();
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);

server.listen(port, address, () => log('info', 'listening', { machine, address, port, node: process.version }));
server.on('error', (error) => {
  log('error', 'the server failed', { cause: error.message });
  process.exit(1);
});
