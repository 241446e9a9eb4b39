import type { Clock } from '../host/clock.js';
import type { Plan, PlannedMachine } from '../model/plan.js';
import type { Provider } from '../providers/provider.js';
import type { Vantage } from './vantage.js';
import type { Door } from './vantage-jobs.js';

/** What everybody stands on who looks at a lab. */
export interface Ground {
  readonly plan: Plan;
  readonly provider: Provider;
  readonly vantage: Vantage;
  readonly clock: Clock;
  /** The lab authority's certificate, PEM. */
  readonly ca: string;
}

export const withRole = (plan: Plan, role: PlannedMachine['roles'][number]): PlannedMachine[] =>
  plan.machines.filter((machine) => machine.roles.includes(role));

/** The site's door at the VIP. */
export const siteDoor = ({ plan, ca }: Pick<Ground, 'plan' | 'ca'>): Door => ({
  address: plan.network.vip,
  port: plan.ports.https,
  serverName: plan.network.siteName,
  ca,
  timeoutMs: plan.verify.timeoutMs,
});
