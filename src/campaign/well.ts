import { reason } from '../check/judgement.js';
import type { ServiceFacts } from '../check/services.js';
import type { Plan, PlannedMachine } from '../model/plan.js';
import type { Service } from '../model/scenario.js';
import { roleOf, unitOf } from '../plan/services.js';
import { gatherHolders } from './checks/gather-holders.js';
import { type Ground, siteDoor } from './ground.js';

/** Something that keeps a lab from being well, in words; `about` says what kind of thing it is. */
export interface Complaint {
  readonly about: 'services' | 'vip' | 'site';
  readonly text: string;
}

export const wordsOf = (complaints: readonly Complaint[]): string => complaints.map(({ text }) => text).join('; ');

/** The units that make a machine what it is. */
const unitsOf = (plan: Plan, machine: PlannedMachine): string[] =>
  (Object.keys(roleOf) as Service[])
    .filter((service) => machine.roles.includes(roleOf[service]))
    .map((service) => unitOf(service, plan));

type Look = (ground: Ground) => Promise<string[]>;

/** Which of the lab's services do not run, and which machines did not say. */
export const serviceFacts = async ({ plan, provider }: Ground): Promise<ServiceFacts> => {
  const each = plan.machines.map(async (machine): Promise<ServiceFacts> => {
    const units = unitsOf(plan, machine);
    try {
      const { stdout } = await provider.exec(machine.name, ['systemctl', 'is-active', ...units], { timeoutMs: 10_000 });
      const states = stdout.trim().split('\n');
      if (states.length !== units.length) return { missing: [], silent: [`${machine.name} does not say what runs`] };
      const wrong = units
        .map((unit, index) => [unit, states[index]] as const)
        .filter(([, state]) => state !== 'active');
      return { missing: wrong.map(([unit, state]) => `${unit} on ${machine.name} is ${state}`), silent: [] };
    } catch (error) {
      return { missing: [], silent: [`${machine.name} can't be asked: ${reason(error)}`] };
    }
  });
  const all = await Promise.all(each);
  return { missing: all.flatMap(({ missing }) => missing), silent: all.flatMap(({ silent }) => silent) };
};

const services: Look = async (ground) => {
  const { missing, silent } = await serviceFacts(ground);
  return [...missing, ...silent];
};

const holders: Look = async (ground) => {
  const found = await gatherHolders(ground);
  const silent = found.silent.map((each) => `${each.machine} can't be asked: ${each.reason}`);
  return found.holders.length === 1
    ? silent
    : [`the VIP is held by ${found.holders.join(' and ') || 'nobody'}`, ...silent];
};

const site: Look = async (ground) => {
  const ask = async (path: string) => {
    const answer = await ground.vantage.ask({
      kind: 'request',
      scheme: 'https',
      method: 'GET',
      path,
      ...siteDoor(ground),
    });
    if ('problem' in answer) return [`${path} does not answer: ${answer.problem}`];
    return answer.status === 200 ? [] : [`${path} answers with status ${answer.status}`];
  };
  return (await Promise.all(['/', '/api/health'].map(ask))).flat();
};

const looks: readonly (readonly [Complaint['about'], Look])[] = [
  ['services', services],
  ['vip', holders],
  ['site', site],
];

/** What keeps the lab from being well; nothing when every service runs, one holds the VIP and the site answers. */
export const complaintsOf = async (ground: Ground): Promise<Complaint[]> => {
  const all = looks.map(async ([about, look]) => (await look(ground)).map((text) => ({ about, text })));
  return (await Promise.all(all)).flat();
};

const againMs = 300;

/**
 * Waits until the lab is well, or at least no worse than `standing` says it was; returns what was still wrong when the
 * time was over.
 */
export const waitUntilWell = async (
  ground: Ground,
  mostMs: number,
  signal?: AbortSignal,
  standing: readonly Complaint[] = [],
): Promise<Complaint[]> => {
  const untilMs = ground.clock.nowMs() + mostMs;
  for (;;) {
    const all = await complaintsOf(ground);
    const wrong = all.filter(({ text }) => !standing.some((known) => known.text === text));
    if (wrong.length === 0 || ground.clock.nowMs() >= untilMs) return wrong;
    await ground.clock.sleep(againMs, signal);
  }
};

/** What a failback may take beyond what its timers say. */
const failbackSlackMs = 3000;

/**
 * With preemption the VIP goes back by itself some time after a fault: waits for that, so that it does not fall into what
 * comes next. A lab where it never happens is not waited for any longer.
 */
export const waitUntilSettled = async (ground: Ground, signal?: AbortSignal): Promise<void> => {
  const { preempt, preemptDelayS, masterDownMs, routers } = ground.plan.vrrp;
  if (!preempt) return;
  const untilMs = ground.clock.nowMs() + preemptDelayS * 1000 + masterDownMs + failbackSlackMs;
  for (;;) {
    const { holders } = await gatherHolders(ground);
    if (holders[0] === routers[0]?.machine || ground.clock.nowMs() >= untilMs) return;
    await ground.clock.sleep(againMs, signal);
  }
};
