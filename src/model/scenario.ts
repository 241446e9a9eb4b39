import { z } from 'zod';

/** What a scenario can do to a machine. */
export const faultKinds = ['process-killed', 'power-cut', 'cable-cut'] as const;
export type FaultKind = (typeof faultKinds)[number];

/** The targets that are found out at the moment of the fault; any other target is a machine's name or a role. */
export const vipHolder = 'vip-holder';
export const vipStandby = 'vip-standby';

/** The processes a scenario may kill, by the name of their systemd unit. */
export const killable = ['haproxy', 'keepalived', 'nginx'] as const;

const kebab = z
  .string()
  .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, 'must be a plain name: a-z, 0-9 and -, starting with a letter')
  .max(60);

/** A duration as text: a formula over the plan's timers (src/plan/expectation.ts), e.g. `masterDown + 150 ms`. */
const formula = z
  .string({ error: 'must be a duration such as 1500 ms or masterDown + 1 s' })
  .regex(/[a-zA-Z]/, 'must be a duration with its unit, such as 1500 ms or masterDown + 1 s')
  .max(200);

const schedule = z.strictObject({
  before: formula.default('1500 ms').describe('How long the lab is probed before the fault'),
  fault: formula.describe('How long the fault lasts until it is healed'),
  after: formula.default('1500 ms').describe('How long the lab is probed after it was healed'),
});

const expectations = z.strictObject({
  outageAtMost: formula.optional().describe('The longest outage that passes; any outage passes when left out'),
  vipHeldBy: z.enum(['one']).optional().describe('one: after the run exactly one load balancer holds the VIP'),
});

/** One scenario file: a fault on a schedule, with what is expected of the lab meanwhile. */
export const scenarioSchema = z
  .strictObject({
    id: kebab.describe('The name of the scenario on the command line and in reports; the same as the file name'),
    title: z.string().min(1).max(200).describe('What happens, in a line'),
    why: z.string().min(1).max(2000).describe('What it shows, for people'),
    target: z
      .string()
      .min(1)
      .max(60)
      .describe("The machine it happens to: vip-holder, vip-standby, a machine's name or a role"),
    fault: z.enum(faultKinds).describe('What is done to the machine'),
    process: z.enum(killable).optional().describe('Which process is killed, for process-killed'),
    schedule: schedule.describe('When the fault comes and when it goes'),
    repeat: z.int().min(1).max(100).default(1).describe('How many times in a row'),
    expect: expectations.describe('What must hold'),
  })
  .describe('A Quintet scenario');

export type Scenario = z.output<typeof scenarioSchema>;

/** A scenario with its formulas worked out for one plan; all in milliseconds. */
export interface ScheduledScenario {
  readonly scenario: Scenario;
  readonly beforeMs: number;
  readonly faultMs: number;
  readonly afterMs: number;
  readonly outageAtMostMs?: number;
}
