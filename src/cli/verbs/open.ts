import { relative, sep } from 'node:path';
import { commandLine } from '../../host/command.js';
import { labDoor } from '../../host/lab-door.js';
import { labPaths } from '../../host/lab-folder.js';
import { oneOf } from '../../lab/did-you-mean.js';
import { ComputerError, InputError } from '../../model/errors.js';
import type { Plan } from '../../model/plan.js';
import { traitsOf } from '../../model/provider-traits.js';
import { type Forward, forward } from '../../providers/container/forward.js';
import type { LabSite } from '../../providers/provider.js';
import { openBrowser } from '../browser.js';
import { type Context, optionalArgument, type RunVerb, textOption, type Words } from '../context.js';
import { openLab } from '../open-lab.js';

/** What can be shown: the site, or a page of the machine with such a role. */
const pages = ['site', 'monitoring'] as const;

export const open: RunVerb = async (context, words) => {
  const { plan, site, folder } = await openLab(context);
  const what = optionalArgument(words, 'what') ?? 'site';
  if (what === 'monitoring') return openMonitoring(context, words, { plan, site });
  if (what !== 'site') {
    throw new InputError(`There is nothing called ${JSON.stringify(what)} to open.`, {
      hint: `it is ${oneOf(pages)}.`,
    });
  }
  const ca = labDoor(folder).shown(labPaths.authority);
  if (traitsOf(plan).reachedFrom === 'computer') {
    announce(
      context,
      words,
      `https://${plan.network.vip}${plan.ports.https === 443 ? '' : `:${plan.ports.https}`}/`,
      ca,
    );
    return undefined;
  }
  const to = { host: plan.network.vip, port: plan.ports.https };
  const forwarding = await forwardFrom(site, to, firstPort, textOption(words, 'port'));
  announce(context, words, `https://localhost:${forwarding.port}/`, ca);
  context.say('Ctrl-C ends it.');
  await aborted(context.signal);
  await forwarding.close();
  return 0;
};

/** The lab's own page on what Prometheus knows. */
const openMonitoring = async (
  context: Context,
  words: Words,
  { plan, site }: { readonly plan: Plan; readonly site: LabSite },
): Promise<number | undefined> => {
  const machine = plan.machines.find(({ roles }) => roles.includes('monitoring'));
  if (machine === undefined) {
    const hint = 'additional: monitoring in lab.yaml makes one of the five machines its monitoring server.';
    throw new InputError('This lab has no monitoring server.', { hint });
  }
  const to = { host: machine.address, port: plan.ports.prometheus ?? 0 };
  const show = ({ host, port }: { host: string; port: number }) => {
    const url = `http://${host}:${port}/consoles/lab.html`;
    context.out(url);
    if (words.options.browser !== false && openBrowser(url, context)) context.say('Your browser is asked to show it.');
  };
  if (traitsOf(plan).reachedFrom === 'computer') {
    show(to);
    return undefined;
  }
  const forwarding = await forwardFrom(site, to, to.port, textOption(words, 'port'));
  show({ host: 'localhost', port: forwarding.port });
  context.say('Ctrl-C ends it.');
  await aborted(context.signal);
  await forwarding.close();
  return 0;
};

/** Windows' own curl asks the authority for its list of revoked certificates, and a lab has none; PowerShell's `curl` is no curl. */
const curls: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = { win32: ['curl.exe', '--ssl-no-revoke'] };

/** The command that gets the site with the authority's certificate at `file`. */
export const curlCommand = (file: string, url: string, platform: NodeJS.Platform = process.platform): string =>
  commandLine([...(curls[platform] ?? ['curl']), '--cacert', file, url]);

const announce = (context: Context, words: Words, url: string, ca: string): void => {
  context.out(url);
  if (words.options.browser !== false && openBrowser(url, context)) context.say('Your browser is asked to show it.');
  // With `/` it needs no quotes, and Windows takes it too.
  const file = relative(context.cwd, ca).split(sep).join('/');
  context.say(`A browser warns: the certificate is from the lab's own authority (${file}), which it does not know.`);
  context.say(`  ${curlCommand(file, url)}`);
};

const firstPort = 8443;

/** From the port that was asked for, or the first free one from `first` on. */
const forwardFrom = async (
  site: LabSite,
  to: { readonly host: string; readonly port: number },
  first: number,
  asked: string | undefined,
): Promise<Forward> => {
  if (asked !== undefined) return forward(site, { listen: { port: portOf(asked) }, to });
  for (let port = first; ; port += 1) {
    try {
      return await forward(site, { listen: { port }, to });
    } catch (error) {
      if (!isPortInUse(error) || port >= first + 100) throw error;
    }
  }
};

const isPortInUse = (error: unknown): boolean =>
  error instanceof ComputerError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'EADDRINUSE';

const portOf = (text: string): number => {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 1 && port <= 65535) return port;
  throw new InputError(`--port must be a number from 1 to 65535, not ${JSON.stringify(text)}.`);
};

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
