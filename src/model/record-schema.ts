import * as z from 'zod';
import { faultKinds } from './fault-kinds.js';
import type { RecordEvent } from './history.js';
import { providerNames } from './lab.js';

/**
 * What every reader of a record relies on: enough that a file which is no record, or was edited by hand, is told by its line
 * instead of by a crash. Fields that come later, and events of other types, are left as they are.
 */
const text = z.string();
const atMs = z.number();
const many = <T extends z.ZodType>(item: T) => z.array(item);
const event = <T extends z.ZodRawShape>(shape: T) => z.looseObject({ atMs, ...shape });

const plan = z.looseObject({
  name: text,
  title: text,
  provider: z.enum(providerNames),
  network: z.looseObject({ vip: text, vantage: text }),
  machines: many(z.looseObject({ name: text, roles: many(text), address: text })),
  connections: many(z.looseObject({ from: text, to: text, address: text, protocol: text })),
  vrrp: z.looseObject({
    advertMs: z.number(),
    masterDownMs: z.number(),
    preempt: z.boolean(),
    routers: many(z.looseObject({ machine: text })),
  }),
  ports: z.looseObject({}),
  app: z.looseObject({ runtime: text }),
  database: z.looseObject({ engine: text }),
  verify: z.looseObject({ ratePerSecond: z.number(), limitMs: z.number() }),
});

const environment = z.looseObject({
  quintet: text,
  node: text,
  system: text,
  cores: z.number(),
  memoryMb: z.number(),
  versions: z.record(text, z.record(text, text)),
});

const finding = z.looseObject({
  kind: z.enum(['check', 'scenario']),
  id: text,
  title: text,
  outcome: z.enum(['pass', 'fail', 'unknown', 'skipped']),
  detail: text,
  evidence: many(text).optional(),
  measures: many(z.looseObject({ name: text, value: z.number(), unit: text })).optional(),
});

const scenario = z.looseObject({
  id: text,
  title: text,
  why: text,
  repeat: z.number(),
  faults: many(z.looseObject({})),
  expect: z.looseObject({}),
});

const fault = event({ fault: z.enum(faultKinds), machine: text, tookMs: z.number() });

const events: Readonly<Record<RecordEvent['type'], z.ZodType>> = {
  'verification-started': z.looseObject({ version: z.literal(1), wallClock: text, command: text, plan, environment }),
  found: z.looseObject({ finding }),
  'verification-ended': z.looseObject({ durationMs: z.number() }),
  'run-started': event({
    scenario,
    repetition: z.number(),
    wallClock: text,
    ratePerSecond: z.number(),
    limitMs: z.number(),
  }),
  probe: event({ part: text, path: text, latenessMs: z.number(), latencyMs: z.number(), result: text }),
  write: event({ id: text, result: text }),
  read: event({ id: text, ackedAtMs: z.number(), latencyMs: z.number(), result: text }),
  'read-back': event({ ids: many(text) }),
  connection: event({ id: z.number(), what: text }),
  fault,
  heal: fault,
  waited: event({ tookMs: z.number(), for: text }),
  well: event({}),
  vip: event({ holders: many(text) }),
  vrrp: event({ machine: text, state: text }),
  arp: event({ machine: text }),
  backend: event({ machine: text, server: text, up: z.boolean() }),
  alert: event({ name: text, machine: text, firing: z.boolean() }),
  database: event({ machine: text, state: text, behindS: z.number().optional() }),
  stall: event({ forMs: z.number(), where: text, by: text, lostMs: z.number() }),
  note: event({ text, deafTo: z.literal('alerts').optional() }),
  'run-ended': event({}),
};

const anyEvent = z.looseObject({ type: text });

/** What is wrong with an event of a record; undefined where nothing is, or where nothing is known of its type. */
export const eventProblem = (value: unknown): string | undefined => {
  const any = anyEvent.safeParse(value);
  const known = any.success ? events[any.data.type as RecordEvent['type']] : undefined;
  const [issue] = (any.success ? known?.safeParse(value).error : any.error)?.issues ?? [];
  return issue === undefined
    ? undefined
    : `${issue.path.join('.')}${issue.path.length === 0 ? '' : ': '}${issue.message}`;
};
