#!/usr/bin/env node
// CommonJS and plain old syntax (see package.json beside this file), so that a version of Node.js that Quintet does not
// run on says so instead of stumbling over the syntax.
// biome-ignore-all lint/style/useNodejsImportProtocol: see above
// biome-ignore-all lint/style/useTemplate: see above
var fs = require('fs');
var nodeModule = require('module');
var path = require('path');
var url = require('url');

var least = [20, 17];
var own = process.versions.node.split('.').map(Number);
var main = path.join(__dirname, '..', 'dist', 'cli', 'main.js');

function fail(message, hint) {
  process.stderr.write('quintet: ' + message + '\n' + hint + '\n');
  process.exitCode = 3;
}

if (own[0] < least[0] || (own[0] === least[0] && own[1] < least[1])) {
  fail(
    'Node.js ' + process.versions.node + ' is too old: Quintet needs ' + least.join('.') + ' or newer.',
    'Install a current one from https://nodejs.org, or with your version manager: nvm install 22',
  );
} else if (!fs.existsSync(main)) {
  fail('it has not been built yet.', 'Run this in the folder of Quintet: npm run build');
} else {
  if (nodeModule.enableCompileCache) nodeModule.enableCompileCache();
  import(url.pathToFileURL(main).href);
}
