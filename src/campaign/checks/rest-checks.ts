import { judgeBackupAccount, judgeBase, judgeStream } from '../../check/backup.js';
import { judgeFresh, judgeHits, judgePrivate } from '../../check/cache.js';
import { judgeConnections } from '../../check/connections.js';
import {
  judgeCluster,
  judgeDatabaseTls,
  judgeDurability,
  judgePair,
  judgeRights,
  ofEach,
} from '../../check/database.js';
import { judgeHolders } from '../../check/holders.js';
import { type Judgement, judged, reason, unknown } from '../../check/judgement.js';
import { judgeQuiet, judgeWatched } from '../../check/monitoring.js';
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
import { excused } from '../../check/stalls.js';
import { judgeStandbys } from '../../check/standbys.js';
import type { StallEvent } from '../../model/history.js';
import { usualPace } from '../../model/pace.js';
import type { Plan } from '../../model/plan.js';
import type { Finding } from '../../model/verdict.js';
import { isCluster, isReplicated } from '../../roles/database.js';
import { type Ground, withRole } from '../ground.js';
import { watchStalls } from '../observers/stalls.js';
import { serviceFacts } from '../well.js';
import { gatherBackup } from './gather-backup.js';
import { gatherCache } from './gather-cache.js';
import { gatherConnections } from './gather-connections.js';
import { gatherDatabases } from './gather-database.js';
import { gatherHolders } from './gather-holders.js';
import { gatherMonitoring } from './gather-monitoring.js';
import { gatherSite } from './gather-site.js';
import { gatherStandbys } from './gather-standbys.js';

type Row<Facts> = readonly [
  id: string,
  title: string,
  judge: (facts: Facts, plan: Plan) => Judgement,
  /** Only in labs that are so. */
  when?: (plan: Plan) => boolean,
];

interface Group<Facts> {
  /** Whether there is anything of the kind in a lab; left out where every lab has it. */
  readonly only?: (plan: Plan) => boolean;
  readonly gather: (ground: Ground) => Promise<Facts>;
  readonly checks: readonly Row<Facts>[];
}

type Run = (ground: Ground, stalls: readonly StallEvent[]) => Promise<Finding[]>;

/** What is gathered once is judged several times; when it can't be gathered, each of those checks is unknown. */
const group =
  <Facts>({ gather, checks, only = () => true }: Group<Facts>): Run =>
  async (ground, stalls) => {
    if (!only(ground.plan)) return [];
    const startedMs = ground.clock.nowMs();
    const gathered = await gather(ground).then(
      (facts) => ({ facts }),
      (error: unknown) => ({ problem: reason(error) }),
    );
    const durationMs = ground.clock.nowMs() - startedMs;
    const asked = checks.filter(([, , , when]) => when?.(ground.plan) ?? true);
    return asked.map(([id, title, judge]) => {
      const finding = judged({ kind: 'check', id, title }, () =>
        'facts' in gathered ? excused(stalls, judge(gathered.facts, ground.plan)) : unknown(gathered.problem),
      );
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
    gather: gatherDatabases,
    checks: [
      ['database-rights', 'The application may do in the database what it must and no more', ofEach(judgeRights)],
      ['database-tls', 'The database takes the application only over TLS', ofEach(judgeDatabaseTls)],
      ['database-durability', 'What the database acknowledged is on its disk', ofEach(judgeDurability)],
      ['database-cluster', 'The databases are one cluster, each in step with the others', judgeCluster, isCluster],
      ['database-replica', 'One database takes writes, and the other one has each of them', judgePair, isReplicated],
    ],
  }),
  group({
    only: (plan) => withRole(plan, 'monitoring').length > 0,
    gather: gatherMonitoring,
    checks: [
      ['watched', 'The monitoring server sees every part of the lab', judgeWatched],
      ['no-alert', 'No alert fires while nothing is broken', judgeQuiet],
    ],
  }),
  group({
    only: (plan) => withRole(plan, 'cache').length > 0 && plan.site.entries?.read.lasting === true,
    gather: gatherCache,
    checks: [
      ['cache-hit', 'What was read once is given again by the cache', judgeHits],
      ['cache-private', 'Nothing private is kept by the cache, nor what can change', judgePrivate],
      ['cache-fresh', 'What is written is there at once, cache or not', judgeFresh],
    ],
  }),
  group({
    only: (plan) => plan.backup !== undefined,
    gather: gatherBackup,
    checks: [
      ['backup-base', 'The last base backup can be restored, with every binary log since', judgeBase],
      ['backup-stream', 'What is written is on the backup server soon', judgeStream],
      ['backup-account', 'The backup server reads the database and changes nothing', judgeBackupAccount],
    ],
  }),
];

/**
 * Gathers everything at once and judges it; `found` hears each finding as soon as those before it are there. Slow machines are
 * asked one thing after the other: all at once would be a load that nobody asked about.
 */
export const checkAtRest = async (ground: Ground, found: (finding: Finding) => void): Promise<Finding[]> => {
  const stalls: StallEvent[] = [];
  const over = new AbortController();
  const watching = watchStalls(
    ground,
    (event, agoMs) => event.type === 'stall' && stalls.push({ ...event, atMs: ground.clock.nowMs() - agoMs }),
    over.signal,
  ).catch(() => undefined);
  try {
    const findings: Finding[] = [];
    const begun = ground.plan.pace === usualPace ? groups.map((run) => run(ground, stalls)) : [];
    for (const [index, run] of groups.entries()) {
      for (const finding of await (begun[index] ?? run(ground, stalls))) {
        findings.push(finding);
        found(finding);
      }
    }
    return findings;
  } finally {
    over.abort();
    await watching;
  }
};
