import { MachineError } from '../model/errors.js';
import type { Plan } from '../model/plan.js';
import type { Looks } from '../model/role.js';
import { readTarget } from '../plan/targets.js';
import type { Provider } from '../providers/provider.js';
import { liveOf, turnsConvergence, turnsIn, turnsProgram } from '../roles/turns.js';

/** What a switch is made on. */
export interface TurnGround {
  readonly plan: Plan;
  readonly provider: Provider;
}

/** The one to be switched to is not healthy: nothing was changed. */
export class RefusedSwitch extends MachineError {}

export interface SwitchOptions {
  readonly signal?: AbortSignal | undefined;
  /** Hears what is done. */
  readonly tell?: ((words: string) => void) | undefined;
}

export interface Switched {
  /** Who was live before; undefined where the web servers did not agree. */
  readonly before: string | undefined;
  /** Nothing was left to do but to wait for the last requests. */
  readonly already: boolean;
  /** What was live before and has requests under way all the same. */
  readonly undrained?: { readonly server: string; readonly requests: number };
}

/** For a look, and for whatever the script itself has a limit for. */
const lookMs = 20_000;
const limitMs = 120_000;
/** What the script exits with where there is nothing wrong but the answer. */
const no = 3;

const websOf = ({ plan }: TurnGround): readonly string[] => turnsConvergence.machines(plan);

/** How each web server says that it is; undefined where it can't be asked. */
export const looksOf = async (ground: TurnGround): Promise<Looks> =>
  new Map(
    await Promise.all(
      websOf(ground).map(async (web): Promise<[string, string | undefined]> => {
        const answer = await ground.provider
          .exec(web, turnsConvergence.look, { timeoutMs: lookMs })
          .catch(() => undefined);
        return [web, answer?.exitCode === 0 ? answer.stdout : undefined];
      }),
    ),
  );

/** Who is live; undefined where nobody can be asked, or they do not agree. */
export const liveAmong = async (ground: TurnGround): Promise<string | undefined> => liveOf(await looksOf(ground));

/** All web servers switch or none: one that can't be asked could bring the former one back. */
const allLooks = async (ground: TurnGround): Promise<Looks> => {
  const looks = await looksOf(ground);
  const [silent] = [...looks].filter(([, text]) => text === undefined).map(([web]) => web);
  if (silent === undefined) return looks;
  throw new MachineError(silent, `${silent} can't be asked, and all web servers switch or none.`, {
    hint: `quintet up ${silent} brings it up.`,
  });
};

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

/** Runs the script on one web server; undefined when it did it, else what it said to its plain no. */
const order = async (
  { plan, provider }: TurnGround,
  web: string,
  words: readonly string[],
  signal?: AbortSignal,
): Promise<string | undefined> => {
  const options = { timeoutMs: limitMs * plan.pace, ...(signal && { signal }) };
  const { exitCode, stdout, stderr } = await provider.exec(web, [turnsProgram, ...words], options);
  if (exitCode === 0) return undefined;
  if (exitCode === no) return lastLine(stdout);
  throw new MachineError(web, `${web}: ${lastLine(stderr) || `exit code ${exitCode}`}`, {
    hint: `quintet logs ${web} shows more.`,
  });
};

/** The last words of an application server, for whoever has to know why. */
export const lastWords = async ({ provider }: TurnGround, server: string): Promise<string> => {
  const argv = ['journalctl', '--no-pager', '--quiet', '--lines=15', '--output=cat', '--unit=quintet-app.service'];
  const answer = await provider.exec(server, argv, { timeoutMs: lookMs }).catch(() => undefined);
  return answer?.exitCode === 0 ? answer.stdout.trimEnd() : '';
};

/** Throws RefusedSwitch where a web server does not find it healthy. */
const tryOut = async (ground: TurnGround, server: string, signal?: AbortSignal): Promise<void> => {
  const found = await Promise.all(
    websOf(ground).map(async (web) => ({ web, why: await order(ground, web, ['try', server], signal) })),
  );
  const bad = found.find(({ why }) => why !== undefined);
  if (bad === undefined) return;
  const said = await lastWords(ground, server);
  throw new RefusedSwitch(server, `${server} is not healthy: asked by ${bad.web}, it ${bad.why}.`, {
    hint: `Nothing was switched. quintet logs ${server} -u quintet-app shows what it says.`,
    log: said,
  });
};

/** One after the other; where one can't, those before it go back to what they had. */
const takeAll = async (ground: TurnGround, server: string, looks: Looks): Promise<void> => {
  const stamp = String(Date.now());
  const taken: string[] = [];
  try {
    for (const web of looks.keys()) {
      taken.push(web);
      await order(ground, web, ['take', server, stamp]);
    }
  } catch (error) {
    for (const web of taken) {
      const former = liveOf(new Map([[web, looks.get(web)]]));
      if (former !== undefined && former !== server) {
        await order(ground, web, ['follow', former, stamp]).catch(() => undefined);
      }
    }
    throw error;
  }
};

/** Waits until no request is under way to a server any more; resolves to how many are left when the time is over. */
export const drained = async (ground: TurnGround, server: string, signal?: AbortSignal): Promise<number> => {
  const left = await Promise.all(websOf(ground).map((web) => order(ground, web, ['drain', server], signal)));
  return left.reduce((sum, each) => sum + Number(each ?? 0), 0);
};

/**
 * Sends all dynamic requests to another application server: tried out first, then switched to by every web server, then those
 * under way to the former one are waited for. Nothing is remembered but by the web servers: the same again goes on from there.
 */
export const switchTo = async (
  ground: TurnGround,
  server: string,
  { signal, tell }: SwitchOptions = {},
): Promise<Switched> => {
  const looks = await allLooks(ground);
  const before = liveOf(looks);
  const already = before === server && [...looks.values()].every((text) => text?.includes(`serving=${server}`));
  if (!already) {
    tell?.(`Trying ${server} out …`);
    await tryOut(ground, server, signal);
    signal?.throwIfAborted();
    await takeAll(ground, server, looks);
  }
  for (const { name } of turnsIn(ground.plan)) {
    if (name === server) continue;
    tell?.(`${server} is live. Waiting for what is under way to ${name} …`);
    const requests = await drained(ground, name, signal);
    if (requests > 0) return { before, already, undrained: { server: name, requests } };
  }
  return { before, already };
};

/** Who is live, where a scenario's target hangs on it. */
export const turnOf = async (ground: TurnGround, target: string): Promise<{ readonly live?: string | undefined }> =>
  readTarget(target, ground.plan.machines)?.kind === 'turn' ? { live: await liveAmong(ground) } : {};
