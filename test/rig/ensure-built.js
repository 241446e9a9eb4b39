import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** When a file was changed; 0 where there is none. */
const changedMs = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Builds Quintet where its source is newer than what was built: tests start the command line as a user has it. */
export const ensureBuilt = () => {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).map((file) => join('src', file));
  const newestMs = Math.max(...[...sources, 'build.ts'].map(changedMs));
  if (newestMs <= changedMs(join('dist', 'cli', 'main.js'))) return;
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 'inherit', 'inherit'] });
};
