import { reason } from '../check/judgement.js';
import type { ServiceFacts } from '../check/services.js';
import { notStandingBy } from '../check/standbys.js';
import type { Plan, PlannedMachine } from '../model/plan.js';
import { serviceNamed, servicesOn, unitOf } from '../plan/services.js';
import { companionsOn } from '../roles/roles.js';
import { gatherHolders } from './checks/gather-holders.js';
import { gatherStandbys } from './checks/gather-standbys.js';
import { type Ground, siteDoor, withRole } from './ground.js';
import { firingAlerts } from './observers/alerts.js';

/** Something that keeps a lab from being well, in words; `about` says what kind of thing it is. */
export interface Complaint {
  readonly about: 'services' | 'vip' | 'standby' | 'site' | 'alerts' | 'silence';
  readonly text: string;
}

export const wordsOf = (complaints: readonly Complaint[]): string => complaints.map(({ text }) => text).join('; ');

/** The units that make a machine what it is. */
const unitsOf = (plan: Plan, machine: PlannedMachine): string[] => [
  ...servicesOn(machine.roles).map((service) => unitOf(service, plan)),
  ...companionsOn(machine).flatMap(({ starts }) => starts.map((unit) => `${unit}.service`)),
];

type Look = (ground: Ground) => Promise<Complaint[]>;

/** Which of the lab's services, or of one machine's, do not run, and which machines did not say. */
export const serviceFacts = async (
  { plan, provider }: Pick<Ground, 'plan' | 'provider'>,
  only?: { readonly machine: string; readonly units?: readonly string[] | undefined },
): Promise<ServiceFacts> => {
  const machines = plan.machines.filter(({ name }) => only === undefined || name === only.machine);
  const each = machines.map(async (machine): Promise<ServiceFacts> => {
    const units = only?.units ?? unitsOf(plan, machine);
    try {
      const { stdout } = await provider.exec(machine.name, ['systemctl', 'is-active', ...units], { timeoutMs: 10_000 });
      const states = stdout.trim().split('\n');
      if (states.length !== units.length) return { missing: [], silent: [`${machine.name} does not say what runs`] };
      const wrong = units
        .map((unit, index) => [unit, states[index]] as const)
        .filter(([, state]) => state !== 'active')
        .map(([unit, state]) => `${unit} on ${machine.name} is ${state}`);
      if (wrong.length > 0 || only?.units !== undefined) return { missing: wrong, silent: [] };
      return { missing: await notReady({ plan, provider }, machine), silent: [] };
    } catch (error) {
      return { missing: [], silent: [`${machine.name} can't be asked: ${reason(error)}`] };
    }
  });
  const all = await Promise.all(each);
  return { missing: all.flatMap(({ missing }) => missing), silent: all.flatMap(({ silent }) => silent) };
};

/** What those of its services say that run and do not serve yet. */
const notReady = async (
  { plan, provider }: Pick<Ground, 'plan' | 'provider'>,
  { name, roles }: PlannedMachine,
): Promise<string[]> => {
  const asked = servicesOn(roles).flatMap((service) => {
    const argv = serviceNamed(service).ready?.(plan);
    return argv === undefined ? [] : [[unitOf(service, plan), argv] as const];
  });
  const said = asked.map(async ([unit, argv]) => {
    const { exitCode, stdout } = await provider.exec(name, argv, { timeoutMs: 10_000 });
    return exitCode === 0 ? [] : [`${unit} on ${name} is not ready: ${stdout.trim() || `exit code ${exitCode}`}`];
  });
  return (await Promise.all(said)).flat();
};

const complaints = (about: Complaint['about'], texts: readonly string[]): Complaint[] =>
  texts.map((text) => ({ about, text }));

const services: Look = async (ground) => {
  const { missing, silent } = await serviceFacts(ground);
  return [...complaints('services', missing), ...complaints('silence', silent)];
};

/** One holds the VIP, and the others could take it over. */
const pair: Look = async (ground) => {
  const all = await gatherStandbys(ground);
  const holders = all.filter(({ holds }) => holds).map(({ machine }) => machine);
  const silent = all.flatMap(({ machine, silence }) =>
    silence === undefined ? [] : [`${machine} can't be asked: ${silence}`],
  );
  const standbys = all.filter(({ holds, state }) => !holds && state !== 'unknown');
  return [
    ...complaints('vip', holders.length === 1 ? [] : [`the VIP is held by ${holders.join(' and ') || 'nobody'}`]),
    ...complaints(
      'standby',
      standbys.flatMap((each) => notStandingBy(each) ?? []),
    ),
    ...complaints('silence', silent),
  ];
};

/** So many good answers in a row of each part of the site. */
const goodAnswers = 3;

const site: Look = async (ground) => {
  const ask = async (path: string) => {
    for (let asked = 0; asked < goodAnswers; asked += 1) {
      const answer = await ground.vantage.ask({
        kind: 'request',
        scheme: 'https',
        method: 'GET',
        path,
        ...siteDoor(ground),
      });
      if ('problem' in answer) return [`${path} does not answer: ${answer.problem}`];
      if (answer.status !== 200) return [`${path} answers with status ${answer.status}`];
    }
    return [];
  };
  return complaints(
    'site',
    (await Promise.all([ground.plan.site.static.path, ground.plan.site.dynamic.path].map(ask))).flat(),
  );
};

/** Whoever watches sees nothing wrong either. */
const alerts: Look = async (ground) => {
  const [watcher] = withRole(ground.plan, 'monitoring');
  if (watcher === undefined) return [];
  try {
    const firing = await firingAlerts(ground, watcher);
    return complaints(
      'alerts',
      firing.map(({ name, machine }) => `the alert ${name} fires for ${machine}`),
    );
  } catch (error) {
    return complaints('silence', [`${watcher.name} can't be asked: ${reason(error)}`]);
  }
};

const looks: readonly Look[] = [services, pair, site, alerts];

/**
 * What keeps the lab from being well; nothing when every service runs, one holds the VIP, the others are backups that hear its
 * adverts, the site gives one good answer after the other, and no alert fires.
 */
export const complaintsOf = async (ground: Ground): Promise<Complaint[]> =>
  (await Promise.all(looks.map((look) => look(ground)))).flat();

const againMs = 300;

/** What the lab itself says, and says again and again, is how it is: waiting changes nothing about it. */
const lasting: readonly Complaint['about'][] = ['services', 'standby'];

export interface WellWait {
  readonly mostMs: number;
  /** It gives up earlier on what was said in the same words for so long. */
  readonly lastingMs?: number;
  /** Hears what is waited for, each time that it is something else. */
  readonly tell?: ((missing: string) => void) | undefined;
}

/**
 * Waits until the lab is well, or at least no worse than `standing` says it was; returns what was still wrong when the
 * time was over.
 */
export const waitUntilWell = async (
  ground: Ground,
  { mostMs, lastingMs = mostMs, tell }: WellWait,
  signal?: AbortSignal,
  standing: readonly Complaint[] = [],
): Promise<Complaint[]> => {
  const fromMs = ground.clock.nowMs();
  let said = { words: '', sinceMs: fromMs };
  for (;;) {
    const all = await complaintsOf(ground);
    const wrong = all.filter(({ text }) => !standing.some((known) => known.text === text));
    const nowMs = ground.clock.nowMs();
    if (wordsOf(wrong) !== said.words) {
      said = { words: wordsOf(wrong), sinceMs: nowMs };
      if (wrong.length > 0) tell?.(said.words);
    }
    const lasts = nowMs - said.sinceMs >= lastingMs && wrong.every(({ about }) => lasting.includes(about));
    if (wrong.length === 0 || lasts || nowMs - fromMs >= mostMs) return wrong;
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
