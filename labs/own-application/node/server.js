'use strict';

// Greets whoever comes, and needs no database: Node.js alone.
const { createServer } = require('http');
const { readFileSync } = require('fs');
const { join } = require('path');

const { ADDRESS, PORT, MACHINE } = process.env;
// Written by build.sh.
const version = readFileSync(join(__dirname, 'version.txt'), 'utf8').trim();

const pages = {
  '/': () => `Hello from ${MACHINE}, version ${version}\n`,
  '/health': () => 'well\n',
};

const server = createServer((request, response) => {
  const page = pages[request.url.split('?')[0]];
  response.writeHead(page ? 200 : 404, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(page ? page() : 'there is nothing here\n');
});

// Longer than nginx keeps its idle connections.
server.keepAliveTimeout = 75000;
server.listen(Number(PORT), ADDRESS, () => console.log(`listening at ${ADDRESS}:${PORT}`));
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  if (server.closeIdleConnections) server.closeIdleConnections();
});
