import type { ServerResponse } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../src/host/clock.js';
import { openSite } from '../campaign/pretended-site.js';

/**
 * A site in a process of its own that goes dark when told to: `closed MS` (nobody listens, every connection is cut),
 * `silent MS` (connections are accepted, requests are never answered), `frozen MS` (its event loop stands still: the kernel
 * goes on accepting, and all is answered afterwards). Says `{port, ca}`, then after each time `{fromMs, toMs}`: when it was
 * dark by its own view of CLOCK_MONOTONIC. Ends with standard input.
 */
const say = (word: object): void => void process.stdout.write(`${JSON.stringify(word)}\n`);

let silent = false;
const held: ServerResponse[] = [];
const site = await openSite((_request, _body, response) => {
  if (silent) held.push(response);
  else response.end('Quintet');
});

const goDark: Readonly<Record<string, (darkMs: number) => Promise<{ fromMs: number; toMs: number }>>> = {
  closed: async (darkMs) => {
    await site.close();
    const fromMs = systemClock.nowMs();
    await delay(darkMs);
    await site.reopen();
    return { fromMs, toMs: systemClock.nowMs() };
  },
  silent: async (darkMs) => {
    silent = true;
    const fromMs = systemClock.nowMs();
    await delay(darkMs);
    silent = false;
    const toMs = systemClock.nowMs();
    for (const response of held.splice(0)) response.destroy();
    return { fromMs, toMs };
  },
  frozen: async (darkMs) => {
    const fromMs = systemClock.nowMs();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, darkMs);
    return { fromMs, toMs: systemClock.nowMs() };
  },
};

const lines = createInterface({ input: process.stdin });
lines.on('line', async (line) => {
  const [how = '', darkMs] = line.split(' ');
  say((await goDark[how]?.(Number(darkMs))) ?? {});
});
lines.on('close', () => process.exit(0));
say({ port: site.port, ca: site.ca });
