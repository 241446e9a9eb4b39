import { relative, sep } from 'node:path';
import { commandLine } from '../../host/command.js';
import { labDoor } from '../../host/lab-door.js';
import { labPaths } from '../../host/lab-folder.js';
import { ComputerError, InputError } from '../../model/errors.js';
import type { Plan } from '../../model/plan.js';
import { type Forward, forward } from '../../providers/container/forward.js';
import type { LabSite } from '../../providers/provider.js';
import { openBrowser } from '../browser.js';
import { type Context, type RunVerb, textOption, type Words } from '../context.js';
import { openLab } from '../open-lab.js';

export const open: RunVerb = async (context, words) => {
  const { plan, site, folder } = await openLab(context);
  const ca = labDoor(folder).shown(labPaths.authority);
  if (plan.provider !== 'container') {
    announce(
      context,
      words,
      `https://${plan.network.vip}${plan.ports.https === 443 ? '' : `:${plan.ports.https}`}/`,
      ca,
    );
    return undefined;
  }
  const forwarding = await forwardFrom(site, plan, textOption(words, 'port'));
  announce(context, words, `https://localhost:${forwarding.port}/`, ca);
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

/** The port that was asked for, or the first free one from 8443 on. */
const forwardFrom = async (site: LabSite, plan: Plan, asked: string | undefined): Promise<Forward> => {
  const to = { host: plan.network.vip, port: plan.ports.https };
  if (asked !== undefined) return forward(site, { listen: { port: portOf(asked) }, to });
  for (let port = firstPort; ; port += 1) {
    try {
      return await forward(site, { listen: { port }, to });
    } catch (error) {
      if (!isPortInUse(error) || port >= firstPort + 100) throw error;
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
