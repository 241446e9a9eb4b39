import { copyFile, readFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { start } from '../../src/host/command.js';

/** A disk to start in QEMU, alone and without Vagrant. */
export interface Disk {
  readonly path: string;
  readonly format: 'qcow2' | 'vmdk';
}

export type Firmware = 'bios' | 'efi';

export interface Booted {
  /** What the machine has said on its serial port so far. */
  console(): Promise<string>;
  /** What its SSH server says first; undefined until it answers. */
  greeting(): Promise<string | undefined>;
  stop(): Promise<void>;
}

const ovmf = '/usr/share/OVMF';

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

const greetingAt = (port: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port, timeout: 5000 });
    const end = (text?: string) => {
      socket.destroy();
      resolve(text);
    };
    socket.once('data', (data) => end(data.toString('latin1')));
    for (const event of ['error', 'timeout', 'close']) socket.once(event, () => end());
  });

const efiWords = async (folder: string): Promise<readonly string[]> => {
  const variables = join(folder, 'efi-variables.fd');
  await copyFile(join(ovmf, 'OVMF_VARS_4M.fd'), variables);
  const flash = (file: string, more = '') => ['-drive', `if=pflash,format=raw,file=${file}${more}`];
  return ['-machine', 'q35', ...flash(join(ovmf, 'OVMF_CODE_4M.fd'), ',readonly=on'), ...flash(variables)];
};

/**
 * Starts a machine from a disk, which stays as it is. Its disk hangs on SATA, where VirtualBox has it; its network leads
 * nowhere but from a port of loopback to its SSH.
 */
export const boot = async (disk: Disk, firmware: Firmware, folder: string): Promise<Booted> => {
  const port = await freePort();
  const serial = join(folder, `${firmware}.serial`);
  const machine = start([
    ...['setpriv', '--pdeathsig', 'KILL', 'qemu-system-x86_64', '-m', '512', '-display', 'none', '-monitor', 'none'],
    ...['-accel', 'tcg', '-serial', `file:${serial}`, '-snapshot'],
    ...(firmware === 'efi' ? await efiWords(folder) : []),
    ...['-device', 'ahci,id=sata', '-drive', `id=disk,if=none,format=${disk.format},file=${disk.path}`],
    ...['-device', 'ide-hd,drive=disk,bus=sata.0,bootindex=0'],
    ...['-netdev', `user,id=nat,restrict=on,hostfwd=tcp:127.0.0.1:${port}-:22`, '-device', 'e1000,netdev=nat'],
  ]);
  let ended: string | undefined;
  void machine.done.then(({ exitCode, stderr }) => {
    ended = `QEMU ended with exit code ${exitCode}: ${stderr}`;
  });
  const console = async () => ended ?? (await readFile(serial, 'latin1').catch(() => ''));
  return { console, greeting: () => greetingAt(port), stop: () => machine.stop() };
};
