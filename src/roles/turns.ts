import type { Plan, PlannedMachine } from '../model/plan.js';
import type { Convergence, Looks, Next } from '../model/role.js';

/** The web servers' own script (templates/blue-green). */
export const turnsProgram = '/usr/local/lib/quintet/live-app';

/** The two application servers of which one is live; none in most labs. */
export const turnsIn = ({ machines }: Pick<Plan, 'machines'>): readonly PlannedMachine[] =>
  machines.filter(({ takesTurns }) => takesTurns);

/** What a web server says of itself. */
export interface TurnLook {
  readonly web: string;
  /** Whom its file names; empty where it names nobody. */
  readonly live: string;
  /** When that was chosen, in milliseconds since 1970; 0 where nobody ever did. */
  readonly since: number;
  /** Who answered a request just now; empty where nobody did. */
  readonly serving: string;
}

/** Reads the lines `key=value` of the script's `look`. */
export const turnLook = (web: string, text: string): TurnLook => {
  const value = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1]?.trim() ?? '';
  return { web, live: value('live'), since: Number(value('since') || 0), serving: value('serving') };
};

const told = (looks: Looks): readonly TurnLook[] =>
  [...looks].flatMap(([web, text]) => (text === undefined ? [] : [turnLook(web, text)]));

/** Who was chosen last. */
const latest = (all: readonly TurnLook[]): TurnLook | undefined =>
  [...all].sort((one, other) => other.since - one.since).find(({ live }) => live !== '');

/** Its file says so, and nobody else answers. */
const goesBy = (live: string) => (look: TurnLook) =>
  look.live === live && (look.serving === live || look.serving === '');

/** What was chosen last holds for all: a switch that was broken off, or a web server that was not there, is made up for. */
export const nextOfTurns = (looks: Looks): Next => {
  const all = told(looks);
  const chosen = latest(all);
  const stray = chosen === undefined ? [] : all.filter((look) => !goesBy(chosen.live)(look));
  if (chosen === undefined || stray.length === 0) return { kind: 'done' };
  return {
    kind: 'act',
    acts: stray.map(({ web }) => ({
      machine: web,
      words: `sending dynamic requests to ${chosen.live}, as was chosen last`,
      does: [turnsProgram, 'follow', chosen.live, String(chosen.since)],
    })),
    ready: [],
  };
};

const and = (names: readonly string[]): string => new Intl.ListFormat('en-GB').format(names);
const webs = (all: readonly TurnLook[]): string => and(all.map(({ web }) => web));

/** Who is live, where all web servers that can be asked agree. */
export const liveOf = (looks: Looks): string | undefined => {
  const all = told(looks);
  const live = all[0]?.live;
  return live !== undefined && live !== '' && all.every(goesBy(live)) ? live : undefined;
};

export const tellTurns = (looks: Looks, names: readonly string[]): string => {
  const all = told(looks);
  if (all.length === 0) return 'Which application server is live is not known: no web server can be asked.';
  const live = liveOf(looks);
  if (live !== undefined) {
    const idle = names.filter((name) => name !== live);
    const [send, request] = all.length === 1 ? ['sends', 'its'] : ['send', 'their'];
    return `${live} is live: ${webs(all)} ${send} ${request} dynamic requests to it. ${and(idle)} is idle; quintet switch ${idle[0]} changes that.`;
  }
  const each = names.flatMap((name) => {
    const to = all.filter((look) => (look.serving || look.live) === name);
    return to.length === 0 ? [] : [`${webs(to)} to ${name}`];
  });
  const last = latest(all)?.live ?? names[0];
  return `A switch was broken off: dynamic requests go from ${each.join(', from ')}. quintet switch ${last} goes on.`;
};

/** Which application server is live, which no web server may decide by itself. */
export const turnsConvergence: Convergence = {
  step: 'join',
  machines: (plan) =>
    turnsIn(plan).length === 0
      ? []
      : plan.machines.filter(({ roles }) => roles.includes('web')).map(({ name }) => name),
  look: [turnsProgram, 'look'],
  next: nextOfTurns,
  tell: (looks, plan) =>
    tellTurns(
      looks,
      turnsIn(plan).map(({ name }) => name),
    ),
};
