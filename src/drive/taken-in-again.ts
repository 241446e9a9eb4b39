import { MachineError } from '../model/errors.js';
import type { PlannedMachine } from '../model/plan.js';
import type { LabSite, Provider } from '../providers/provider.js';
import { shell } from '../render/quote.js';

/** A web server that found an application server gone asks it again a second later at the earliest (`fail_timeout`). */
const usualLimitS = 20;

/** Asks the web server, as a load balancer would, until the application server has answered. */
const script = (own: string, port: number, url: string, server: string, limitS: number): string => `
until curl --silent --insecure --max-time 5 --haproxy-protocol --connect-to ${shell(`::${own}:${port}`)} --output /dev/null \\
  --dump-header - ${shell(url)} | tr -d '\\r' | grep --quiet --ignore-case --line-regexp ${shell(`x-app-machine: ${server}`)}; do
  ((SECONDS < ${limitS})) || exit 1
  sleep 0.1
done`;

/** Waits until every web server sends requests to an application server that was away: now another one may be. */
export const takenInAgain = async (
  { plan }: LabSite,
  provider: Provider,
  server: PlannedMachine,
  signal?: AbortSignal,
): Promise<void> => {
  const limitS = usualLimitS * plan.pace;
  const url = `https://${plan.network.siteName}${plan.site.dynamic.path}`;
  for (const web of plan.machines.filter(({ roles }) => roles.includes('web'))) {
    const argv = ['bash', '-c', script(web.address, plan.ports.web, url, server.name, limitS)];
    const { exitCode } = await provider.exec(web.name, argv, { timeoutMs: 3000 * limitS, ...(signal && { signal }) });
    if (exitCode !== 0) {
      throw new MachineError(web.name, `${web.name} sends no request to ${server.name}, which has the new version.`, {
        hint: `quintet logs ${server.name} -u quintet-app shows what it says; quintet deploy goes on there.`,
      });
    }
  }
};
