import * as z from 'zod';
import { directions, type FaultOption, faultKinds } from './fault-kinds.js';

export * from './fault-kinds.js';

/** The targets that are found out while the scenario runs; any other target is read by src/plan/targets.ts. */
export const vipHolder = 'vip-holder';
export const vipStandby = 'vip-standby';
export const firstHolder = 'first-holder';
export const firstStandby = 'first-standby';

export const vipTargets: Readonly<Record<string, string>> = {
  [vipHolder]: 'the load balancer that holds the VIP at that moment',
  [vipStandby]: 'the load balancer that does not hold the VIP at that moment',
  [firstHolder]: 'the load balancer that held the VIP when the run began',
  [firstStandby]: 'the load balancer that did not hold the VIP when the run began',
};

/** The same of a source and its replica. */
export const pairTargets: Readonly<Record<string, string>> = {
  source: 'the database that takes writes at that moment',
  replica: 'the database that does not take writes at that moment',
  'first-source': 'the database that took writes when the run began',
  'first-replica': 'the database that did not take writes when the run began',
};

/** The same for application servers that take turns. */
export const liveApp = 'live';
export const idleApp = 'idle';

export const turnTargets: Readonly<Record<string, string>> = {
  [liveApp]: 'the application server that is sent requests at that moment, of two that take turns',
  [idleApp]: 'the other one of these two',
};

const kebab = z
  .string()
  .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, 'must be a plain name: a-z, 0-9 and -, starting with a letter')
  .max(60);

/** A duration as text: a formula over the plan's timers (src/plan/formula.ts), e.g. `masterDown + 150 ms`. */
const formula = z
  .string({ error: 'must be a duration such as 1500 ms or masterDown + 1 s' })
  .regex(/[a-zA-Z]/, 'must be a duration with its unit, such as 1500 ms or masterDown + 1 s')
  .max(200);

const target = z.string().min(1).max(60);

/** What must be so before a step goes on; everything that is named must hold at once. */
const conditionSchema = z
  .strictObject({
    made: kebab.optional().describe('The fault of that name was made'),
    undone: kebab.optional().describe('The fault of that name was undone'),
    vip: target.optional().describe('That load balancer, and no other, holds the VIP'),
    backup: target.optional().describe('keepalived of that load balancer is a backup that hears adverts'),
    up: z
      .record(z.string(), target)
      .optional()
      .describe('Each of these services runs on that machine, such as {haproxy: first-holder}'),
    well: target.optional().describe('Every service of that machine runs'),
    answers: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe('The last so many answers of the site were good, of requests sent since a fault was last made'),
  })
  .refine((condition) => Object.keys(condition).length > 0, 'says nothing to wait for');

const faultSchema = z.strictObject({
  name: kebab.optional().describe('What the conditions of other faults call it'),
  fault: z.enum(faultKinds).describe('What is done to the machine'),
  target: target.describe(
    "The machine it happens to: vip-holder, vip-standby (at that moment), first-holder, first-standby (when the run began), source, replica, first-source, first-replica (of two databases), live or idle (of two application servers that take turns), a machine's name, a role (the first that has it), web[2], any web or each web",
  ),
  when: conditionSchema.optional().describe('What must be so before it is made'),
  at: formula.default('0 ms').describe('When, counted from the end of `before`, or from when `when` came true'),
  for: formula.optional().describe('How long it lasts at least; left out for what is over at once'),
  until: conditionSchema.optional().describe('What must be so, beyond that time, before it is undone'),
  service: z.string().optional().describe('Which service it happens to'),
  direction: z.enum(directions).optional().describe('cable-cut: both ways, or only what comes in or goes out'),
  percent: z.int().min(1).max(100).optional().describe('packet-loss: how many packets; memory-pressure: how much'),
  bySeconds: z.int().min(-86_400).max(86_400).optional().describe('clock-jump: how far, backwards when negative'),
  path: z
    .string()
    .regex(/^\/[\w./-]*$/, 'must be an absolute path')
    .max(200)
    .optional()
    .describe('disk-full: a path on the file system to fill; / when left out'),
});

const siteExpectation = z.strictObject({
  outageAtMost: formula.optional().describe('The longest outage that passes, all its stretches together'),
  failedAtMost: z.int().min(0).optional().describe('How many requests may fail'),
  outage: z.enum(['expected']).optional().describe('expected: there must be an outage (a single point of failure)'),
  status: z.int().min(400).max(599).optional().describe('What must be answered meanwhile: a clear error'),
  backWithin: formula.optional().describe('How long after the last fault was undone the site may still be away'),
});

const vipExpectation = z.strictObject({
  heldBy: z.enum(['one']).optional().describe('one: never two load balancers hold it, and at the end exactly one'),
  moves: z
    .enum(['never', 'away', 'back', 'either'])
    .optional()
    .describe('never: it stays; away: at the end another holds it; back: it moved and came back; either: away or back'),
  split: z.enum(['expected']).optional().describe('expected: two load balancers must hold it while they are parted'),
  notOneAtMost: formula.optional().describe('How long, altogether, none or several may hold it'),
  oneWithin: formula.optional().describe('How long after the last fault was undone until exactly one holds it'),
});

const alertExpectation = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, 'must be the name of an alert, such as MachineDown')
    .max(60)
    .describe('The alert that must fire for each machine that a fault happens to, and for no other'),
  within: formula.describe('How long after the fault it may take until whoever is on call is told'),
  resolvedWithin: formula.optional().describe('How long after the fault was undone until they hear that it is over'),
});

const restoreExpectation = z.strictObject({
  within: formula.describe('How long the restore may take, from the decision until the data are back'),
});

const expectations = z.strictObject({
  site: siteExpectation.optional().describe('What visitors may notice, whatever they ask for'),
  static: siteExpectation.optional().describe('The same for static pages alone'),
  dynamic: siteExpectation.optional().describe('The same for dynamic requests alone'),
  vip: vipExpectation.optional().describe('Who may hold the virtual IP'),
  writes: z
    .enum(['kept', 'any'])
    .default('kept')
    .describe('kept: what the database acknowledged must be there at the end'),
  promotion: z
    .enum(['made', 'refused'])
    .optional()
    .describe(
      'Whether a replica must be promoted, or must not: nobody can know that it has everything; made when left out',
    ),
  breaksAtMost: z.int().min(0).optional().describe('How many of the connections that are kept open may break'),
  switched: z
    .enum(['refused'])
    .optional()
    .describe('refused: no application server may be switched to; left out: each must be'),
  alert: alertExpectation.optional().describe('Who must be told of it, in labs with a monitoring server'),
  restore: restoreExpectation.optional().describe('What was dropped must be back from the backups, and in time'),
});

/** What a scenario can ask of the lab that it is played in. */
export const labNeeds = ['preempt', 'no-preempt', 'apart', 'standby', 'app-reload'] as const;
export type LabNeed = (typeof labNeeds)[number];

/** One scenario file: faults on a schedule, with what is expected of the lab meanwhile. */
export const scenarioSchema = z
  .strictObject({
    id: kebab.describe('The name of the scenario on the command line and in reports; the same as the file name'),
    title: z.string().min(1).max(200).describe('What happens, in a line'),
    why: z.string().min(1).max(2000).describe('What it shows, for people'),
    needs: z
      .array(z.enum(labNeeds))
      .min(1)
      .optional()
      .describe('Played only in labs that are so; elsewhere it is skipped'),
    before: formula.default('1500 ms').describe('How long the lab is probed before the first fault'),
    faults: z.array(faultSchema).min(1).max(50).describe('What is done, and when'),
    after: formula.default('1500 ms').describe('How long the lab is probed after it is well again'),
    repeat: z.int().min(1).max(1000).default(1).describe('How many times in a row'),
    firstLook: z.boolean().default(false).describe('Whether it is part of the first look: quintet verify --quick'),
    expect: expectations.describe('What must hold'),
    alone: expectations
      .optional()
      .describe('What must hold instead in a lab where no other machine does what the faults take away'),
  })
  .describe('A Quintet scenario');

export type Scenario = z.output<typeof scenarioSchema>;
export type ScenarioFault = Scenario['faults'][number];
export type Condition = z.output<typeof conditionSchema>;
export type SiteExpectation = z.output<typeof siteExpectation>;
export type AlertExpectation = z.output<typeof alertExpectation>;
export type VipExpectation = z.output<typeof vipExpectation>;

/** What a fault is, without when and to whom. */
export type FaultSettings = Pick<ScenarioFault, 'fault' | FaultOption>;

/** The part of the site that a probe asked for. */
export const siteParts = ['static', 'dynamic'] as const;
export type SitePart = (typeof siteParts)[number];

export interface ScheduledSite {
  readonly outageAtMostMs?: number;
  readonly failedAtMost?: number;
  readonly outageExpected: boolean;
  readonly status?: number;
  readonly backWithinMs?: number;
}

export interface ScheduledVip {
  readonly heldByOne: boolean;
  readonly moves?: 'never' | 'away' | 'back' | 'either';
  readonly splitExpected: boolean;
  readonly notOneAtMostMs?: number;
  readonly oneWithinMs?: number;
}

export interface ScheduledAlert {
  readonly name: string;
  readonly withinMs: number;
  readonly resolvedWithinMs?: number;
}

export interface ScheduledFault extends FaultSettings {
  /** What the conditions of others call it. */
  readonly name?: string | undefined;
  readonly target: string;
  /** What must be so before it is made. */
  readonly when?: Condition | undefined;
  /** Counted from the end of `before`, or from when `when` came true. */
  readonly atMs: number;
  /** 0 for what is over at once. */
  readonly forMs: number;
  /** What must be so, beyond that time, before it is undone. */
  readonly until?: Condition | undefined;
}

/** Repeated until such a share of all its runs is known to hold, at this confidence; both in percent. */
export interface UntilSure {
  readonly sharePercent: number;
  readonly confidencePercent: number;
}

/** A scenario with its formulas worked out for one plan; all in milliseconds. This is what a history keeps. */
export interface ScheduledScenario {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly needs?: Scenario['needs'];
  /** No other machine does what the faults take away: `expect` is what the file says of such a lab. */
  readonly alone?: true;
  readonly beforeMs: number;
  /** In the order of `atMs`. */
  readonly faults: readonly ScheduledFault[];
  readonly afterMs: number;
  readonly repeat: number;
  /** Then `repeat` is how many runs must hold: the first fail ends it, and what could not be told does not count. */
  readonly untilSure?: UntilSure;
  readonly expect: {
    readonly site?: ScheduledSite;
    readonly static?: ScheduledSite;
    readonly dynamic?: ScheduledSite;
    readonly vip?: ScheduledVip;
    /** `none`: the application takes no writes, so nothing is asked about them. */
    readonly writes: 'kept' | 'any' | 'none';
    readonly promotion?: 'made' | 'refused';
    readonly breaksAtMost?: number;
    readonly switched?: 'refused';
    /** Only where somebody watches. */
    readonly alert?: ScheduledAlert;
    readonly restore?: { readonly withinMs: number };
  };
}
