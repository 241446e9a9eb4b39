import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startText } from '../../src/campaign/faults/services.js';
import { writeLabFile } from '../../src/host/lab-folder.js';
import { planOf } from '../../src/plan/plan.js';
import { DummyProvider } from '../../src/providers/dummy/dummy-provider.js';
import type { ExecOptions, ExecResult, LabSite } from '../../src/providers/provider.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { siteCertificate } from './site.js';

/** Of the loopback, so that whatever is sent to the lab stays on this computer. */
const subnet = '127.77.0.0/24';
const vip = '127.77.0.10';

/** How the pretended load balancers behave. */
export interface Manners {
  /** How long after the holder was cut off the other one takes over; never when left out. */
  readonly takeoverMs?: number;
  /** The site acknowledges every second entry without keeping it. */
  readonly forgets?: boolean;
}

const addressLine = (holds: boolean): string => `${holds ? '' : 'Deleted '}2: host0    inet ${vip}/32 scope global`;

const said = (stdout: string, exitCode = 0): ExecResult => ({ exitCode, stdout, stderr: '' });

/**
 * A lab whose site is a real HTTPS server on the loopback and whose machines are pretended: whoever holds the VIP is
 * known to the world, and a fault on the holder closes the server until the other one takes over.
 */
export class World extends DummyProvider {
  readonly #sockets = new Set<Socket>();
  readonly #watchers = new Map<string, (line: string) => void>();
  readonly #manners: Manners;
  readonly killed: string[] = [];
  holder: string | undefined = 'lb1';
  /** How long the site was really closed, all times together, in milliseconds. */
  darkMs = 0;
  #darkSinceMs = 0;
  #server: Server;
  #port = 0;

  constructor(
    readonly site: LabSite,
    root: string,
    server: Server,
    manners: Manners,
  ) {
    super(site, { root });
    this.#server = server;
    this.#manners = manners;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#port = (server.address() as AddressInfo).port;
  }

  override readonly faults = {
    cutPower: (machine: string) => this.#lose(machine),
    restorePower: async () => this.#ensureHolder(),
    cutCable: (machine: string) => this.#lose(machine),
    plugCable: async () => this.#ensureHolder(),
  };

  override async exec(machine: string, argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const [program, verb] = argv;
    if (argv.includes('quintet-watch')) return this.#watch(machine, options);
    if (program === 'ip') return said(this.holder === machine ? `2: host0    inet ${vip}/32\n` : '');
    if (argv.includes('quintet-standby')) return said(this.#standby(machine));
    if (program === 'systemctl' && verb === 'is-active')
      return said(
        `${argv
          .slice(2)
          .map(() => 'active')
          .join('\n')}\n`,
      );
    if (argv.includes('kill')) {
      this.killed.push(`${machine} ${argv.at(-1)}`);
      await this.#lose(machine);
      return said('');
    }
    if (argv.includes(startText)) {
      await this.#ensureHolder();
      return said('');
    }
    return { exitCode: 127, stdout: '', stderr: `${program}: this world does not know it` };
  }

  /** A line from what watches a load balancer, at once. */
  say(machine: string, line: string): void {
    this.#watchers.get(machine)?.(line);
  }

  async close(): Promise<void> {
    await this.#shut();
  }

  /** As keepalived dumps it. */
  #standby(machine: string): string {
    const holds = this.holder === machine;
    const dump = [{ data: { state: holds ? 2 : 1 }, stats: { advert_rcvd: holds ? 0 : 7 } }];
    return `${holds ? 'holds' : 'free'}\ndump\n${JSON.stringify(dump)}`;
  }

  async #watch(machine: string, { onLine, signal }: ExecOptions): Promise<ExecResult> {
    onLine?.('unit active');
    onLine?.(this.holder === machine ? 'holds' : 'free');
    this.#watchers.set(machine, (line) => onLine?.(line));
    await new Promise((resolve) => signal?.addEventListener('abort', resolve, { once: true }));
    return said('', 130);
  }

  async #lose(machine: string): Promise<void> {
    if (this.holder !== machine) return;
    this.holder = undefined;
    this.say(machine, addressLine(false));
    this.#darkSinceMs = performance.now();
    await this.#shut();
    const { takeoverMs } = this.#manners;
    if (takeoverMs !== undefined) void delay(takeoverMs).then(() => this.#hold(machine === 'lb1' ? 'lb2' : 'lb1'));
  }

  async #ensureHolder(): Promise<void> {
    if (this.holder === undefined) await this.#hold('lb1');
  }

  async #hold(machine: string): Promise<void> {
    this.holder = machine;
    this.say(machine, addressLine(true));
    await new Promise<void>((resolve) => this.#server.listen(this.#port, vip, resolve));
    this.darkMs += performance.now() - this.#darkSinceMs;
  }

  async #shut(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** What the site answers: entries as the application would keep them, and for everything else what probes look for. */
const answerTo = (
  { method, url = '' }: IncomingMessage,
  body: string,
  kept: { readonly id: string }[],
  forgets: boolean,
): string => {
  if (!url.startsWith('/api/entries')) return 'Quintet {"status":"ok","database":"ok"}';
  if (method === 'POST') {
    const entry = JSON.parse(body);
    if (!forgets || !/[02468]$/.test(entry.id)) kept.push(entry);
    return body;
  }
  const [, id] = /^\/api\/entries\/([^/]+)$/.exec(url) ?? [];
  if (id !== undefined) return JSON.stringify(kept.find((entry) => entry.id === id) ?? { error: 'not here' });
  const after = new URL(url, 'https://site').searchParams.get('after') ?? '';
  const entries = kept.filter(({ id }) => id > after).sort((one, other) => (one.id < other.id ? -1 : 1));
  return JSON.stringify({ entries });
};

/** A world of its own in a folder of its own, and how to be rid of both. */
export const openWorld = async (manners: Manners = {}) => {
  const certificate = await siteCertificate();
  let world: World | undefined;
  const kept: { readonly id: string }[] = [];
  const server = createServer({ key: certificate.key, cert: certificate.cert }, async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    response.writeHead(request.method === 'POST' ? 201 : 200, {
      'X-Load-Balancer': world?.holder ?? 'nobody',
      'X-Web-Machine': 'web',
    });
    response.end(answerTo(request, body, kept, manners.forgets ?? false));
  });
  await new Promise<void>((resolve) => server.listen(0, vip, resolve));
  const { port } = server.address() as AddressInfo;
  const verify = { timeoutMs: 1000, limitMs: 500 };
  const plan = planOf(labSchema.parse({ name: 'scale-up', network: { subnet }, ports: { https: port }, verify }));
  const folder = await mkdtemp(join(tmpdir(), 'quintet-world-'));
  await writeLabFile(folder, '.quintet/ca/ca.crt', certificate.ca);
  const site: LabSite = { folder, id: 'abcd1234', plan };
  world = new World(site, join(folder, 'machines'), server, manners);
  const opened = world;
  return {
    world: opened,
    site,
    ca: certificate.ca,
    close: async () => {
      await opened.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
