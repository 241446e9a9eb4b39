import { judgeConnections } from '../../check/connections.js';
import { judgeDatabaseTls, judgeDurability, judgeRights } from '../../check/database.js';
import { judgeHolders } from '../../check/holders.js';
import { type Judgement, judged, reason, unknown } from '../../check/judgement.js';
import { judgeServices } from '../../check/services.js';
import {
  judgeCarrier,
  judgeChain,
  judgeDynamic,
  judgeHsts,
  judgeRedirect,
  judgeStatic,
  judgeVersions,
} from '../../check/site.js';
import { judgeStandbys } from '../../check/standbys.js';
import type { Plan } from '../../model/plan.js';
import type { Finding } from '../../model/verdict.js';
import type { Ground } from '../ground.js';
import { serviceFacts } from '../well.js';
import { gatherConnections } from './gather-connections.js';
import { gatherDatabase } from './gather-database.js';
import { gatherHolders } from './gather-holders.js';
import { gatherSite } from './gather-site.js';
import { gatherStandbys } from './gather-standbys.js';

type Row<Facts> = readonly [id: string, title: string, judge: (facts: Facts, plan: Plan) => Judgement];

interface Group<Facts> {
  readonly gather: (ground: Ground) => Promise<Facts>;
  readonly checks: readonly Row<Facts>[];
}

type Run = (ground: Ground, found: (finding: Finding) => void) => Promise<Finding[]>;

/** What is gathered once is judged several times; when it can't be gathered, each of those checks is unknown. */
const group =
  <Facts>({ gather, checks }: Group<Facts>): Run =>
  async (ground, found) => {
    const startedMs = ground.clock.nowMs();
    const gathered = await gather(ground).then(
      (facts) => ({ facts }),
      (error: unknown) => ({ problem: reason(error) }),
    );
    const durationMs = ground.clock.nowMs() - startedMs;
    return checks.map(([id, title, judge]) => {
      const finding = judged({ kind: 'check', id, title }, () =>
        'facts' in gathered ? judge(gathered.facts, ground.plan) : unknown(gathered.problem),
      );
      found({ ...finding, durationMs });
      return { ...finding, durationMs };
    });
  };

/** Every check at rest, in the order a reader wants them. */
const groups: readonly Run[] = [
  group({
    gather: (ground) => serviceFacts(ground),
    checks: [['services', 'Every service of every machine runs', judgeServices]],
  }),
  group({
    gather: gatherHolders,
    checks: [['vip-holder', 'Exactly one load balancer holds the VIP', judgeHolders]],
  }),
  group({
    gather: (ground) => gatherStandbys(ground),
    checks: [['standby', 'The load balancers that do not hold it could take it over', judgeStandbys]],
  }),
  group({
    gather: gatherSite,
    checks: [
      ['load-balancer-named', 'Each answer names the load balancer that carried it', judgeCarrier],
      ['redirect', 'Plain http is sent on to https', judgeRedirect],
      ['tls-chain', "The certificate leads to the lab's authority", judgeChain],
      ['tls-versions', 'TLS 1.2 and 1.3 only', judgeVersions],
      ['hsts', 'Browsers are told to stay with https', judgeHsts],
      ['static', 'Static pages come from the web server itself', judgeStatic],
      ['dynamic', 'Dynamic requests reach the database through the application', judgeDynamic],
    ],
  }),
  group({
    gather: gatherConnections,
    checks: [['connections', 'Only the connections of the plan can be opened', judgeConnections]],
  }),
  group({
    gather: gatherDatabase,
    checks: [
      ['database-rights', 'The application may do in the database what it must and no more', judgeRights],
      ['database-tls', 'The database takes the application only over TLS', judgeDatabaseTls],
      ['database-durability', 'What the database acknowledged is on its disk', judgeDurability],
    ],
  }),
];

/**
 * Gathers everything at once and judges it; `found` hears each finding as it comes. Slow machines are asked one thing after
 * the other: all at once would be a load that nobody asked about.
 */
export const checkAtRest: Run = async (ground, found) => {
  if (ground.plan.pace === 1) return (await Promise.all(groups.map((run) => run(ground, found)))).flat();
  const findings: Finding[] = [];
  for (const run of groups) findings.push(...(await run(ground, found)));
  return findings;
};
