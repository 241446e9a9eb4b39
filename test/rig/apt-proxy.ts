import { copyFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { start } from '../../src/host/command.js';
import { ensureDir } from '../../src/host/files.js';

export interface AptProxy {
  /** On loopback. */
  readonly port: number;
  stop(): Promise<void>;
}

const port = 31_425;

const answers = (): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port, timeout: 1000 });
    const end = (found: boolean) => {
      socket.destroy();
      resolve(found);
    };
    socket.once('connect', () => end(true));
    for (const event of ['error', 'timeout']) socket.once(event, () => end(false));
  });

/** Debian's apt-cacher-ng, on loopback alone; `folder` keeps what was fetched once, so that nobody waits for a mirror again. */
export const startAptProxy = async (folder: string): Promise<AptProxy> => {
  const [settings, cache, log] = ['settings', 'cache', 'log'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const one of [settings, cache, log]) await ensureDir(one, 0o755);
  for (const name of ['acng.conf', 'backends_debian'])
    await copyFile(join('/etc/apt-cacher-ng', name), join(settings, name));
  const own = { ForeGround: 1, Port: port, BindAddress: '127.0.0.1', CacheDir: cache, LogDir: log };
  const words = Object.entries(own).map(([name, value]) => `${name}=${value}`);
  const proxy = start(['apt-cacher-ng', '-c', settings, ...words, 'SocketPath=', 'PidFile=']);
  for (let left = 100; left > 0 && !(await answers()); left -= 1) await delay(100);
  if (!(await answers())) {
    await proxy.stop();
    throw new Error(`apt-cacher-ng does not answer: ${(await proxy.done).stderr}`);
  }
  return { port, stop: () => proxy.stop() };
};
