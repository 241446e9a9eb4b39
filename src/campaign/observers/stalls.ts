import type { StallEvent } from '../../model/history.js';
import { own } from '../../model/own.js';
import { vantageName } from '../../model/plan.js';
import type { Ground } from '../ground.js';
import type { Seen } from './observed.js';
import { overhear } from './overhear.js';
import { ownClock } from './own-clock.js';

/**
 * Five times a second: the time, how late that is, how long `true` took to start, what the hypervisor took so far (in
 * hundredths of a second), and for each `NAME=FOLDER` the pressure so far (in microseconds). Nothing to read is a dash. It
 * starts one program a turn and no other, and ends with whoever listens.
 */
const witness = `
[ -n "$EPOCHREALTIME" ] || exit
exec 9<> <(:)
now() { now=\${EPOCHREALTIME/[.,]/}; }
total() { { read -r _ _ _ _ total; } 2>/dev/null <"$1" || total=-; total=\${total#total=}; }
true=$(type -P true)
now
due=$now
while :; do
  now
  late=$((now > due ? now - due : 0)) begun=$now
  "$true"
  now
  read -r _ _ _ _ _ _ _ _ stolen _ 2>/dev/null </proc/stat || stolen=-
  said="$now $late $((now - begun)) $stolen"
  for each; do
    said+=" \${each%%=*}"
    for kind in cpu memory io; do
      file=\${each#*=}/$kind
      [ -e "$file" ] || file+=.pressure
      total "$file"
      said+=" $total"
    done
  done
  echo "$said" || exit
  now
  due=$((due + 200000 > now ? due + 200000 : now))
  printf -v nap '%d.%06d' $(((due - now) / 1000000)) $(((due - now) % 1000000))
  read -r -t "$nap" -u 9
done
`;

const causes = ['cpu', 'memory', 'io'] as const;
type Totals = Readonly<Partial<Record<(typeof causes)[number], number>>>;

/** One line of a witness; everything in milliseconds, by its own clock. */
export interface Word {
  readonly atMs: number;
  readonly lateMs: number;
  readonly startMs: number;
  readonly stolenMs?: number;
  /** Pressure so far, by name. */
  readonly pressure: Readonly<Record<string, Totals>>;
}

const figure = (text: string | undefined, perMs: number): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) / perMs : undefined;

const known = <K extends string>(entries: readonly (readonly [K, number | undefined])[]): { [key in K]?: number } =>
  Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as { [key in K]?: number };

/** What a witness says in a line; undefined when it is about something else. */
export const wordIn = (line: string): Word | undefined => {
  const [at, late, began, stolen, ...rest] = line.trim().split(' ');
  const [atMs, lateMs, startMs] = [figure(at, 1000), figure(late, 1000), figure(began, 1000)];
  if (atMs === undefined || lateMs === undefined || startMs === undefined) return undefined;
  const pressure: Record<string, Totals> = {};
  for (let from = 0; from + causes.length < rest.length; from += causes.length + 1) {
    pressure[rest[from] ?? ''] = known(causes.map((cause, index) => [cause, figure(rest[from + 1 + index], 1000)]));
  }
  return { atMs, lateMs, startMs, ...known([['stolenMs', figure(stolen, 0.1)]]), pressure };
};

/** A group that was made anew, with its machine, begins at nothing again. */
const growth = (before: number | undefined, now: number | undefined): number => {
  if (before === undefined || now === undefined) return 0;
  return now < before ? now : now - before;
};

/** What is always there, as shares of a sample: no more of it is told. Databases wait for their disks all the time. */
const usual: Readonly<Record<StallEvent['by'], number>> = {
  cpu: 0.15,
  memory: 0.05,
  io: 0.25,
  steal: 0.05,
  start: 0.1,
  late: 0.1,
};

type Stall = Omit<StallEvent, 'atMs'>;

/** The stalls between two words of a witness, beyond what is usual; `where` it is. */
export const stallsBetween = (before: Word, now: Word, where: string): Stall[] => {
  const forMs = now.atMs - before.atMs;
  const stall = (at: string, by: StallEvent['by'], lostMs: number): Stall => ({
    type: 'stall',
    forMs,
    where: at,
    by,
    lostMs,
  });
  const pressed = Object.entries(now.pressure).flatMap(([name, totals]) =>
    causes.map((cause) => stall(name, cause, growth(own(before.pressure, name)?.[cause], totals[cause]))),
  );
  return [
    ...pressed,
    stall(where, 'steal', growth(before.stolenMs, now.stolenMs)),
    stall(where, 'start', now.startMs),
    stall(where, 'late', now.lateMs),
  ].filter(({ by, lostMs }) => lostMs > usual[by] * forMs);
};

const hundredths = (ms: number): number => Math.round(ms * 100) / 100;

/** Passes on what a witness says by its own clock. */
export const testimony = (where: string, seen: Seen, nowMs: () => number): ((line: string) => void) => {
  let before: Word | undefined;
  const agoOf = ownClock();
  return (line) => {
    const now = wordIn(line);
    if (now === undefined) return;
    const agoMs = agoOf(now.atMs, nowMs());
    for (const { forMs, lostMs, ...rest } of before === undefined ? [] : stallsBetween(before, now, where)) {
      seen({ ...rest, forMs: hundredths(forMs), lostMs: hundredths(lostMs) }, agoMs + forMs);
    }
    before = now;
  };
};

const againMs = 1000;

/**
 * Watches for stalls of every machine and of the vantage. Where this computer tells of each machine apart one witness at the
 * vantage is enough; other machines have one inside. Whoever can't tell does not.
 */
export const watchStalls = async (
  { plan, provider, clock }: Pick<Ground, 'plan' | 'provider' | 'clock'>,
  seen: Seen,
  signal: AbortSignal,
): Promise<void> => {
  const hearing = (where: string) => testimony(where, seen, () => clock.nowMs());
  const argv = (folders: readonly string[]) => ['bash', '-c', witness, 'quintet-witness', ...folders];
  const names = plan.machines.map(({ name }) => name);
  const folderOf = async (who: string): Promise<string[]> => {
    const folder = provider.pressure
      ? await provider.pressure(who)
      : who === vantageName
        ? '/proc/pressure'
        : undefined;
    return folder === undefined ? [] : [`${who}=${folder}`];
  };
  const outside = (await Promise.all([...names, vantageName].map(folderOf))).flat();
  const inside = async (machine: string): Promise<void> => {
    while (!signal.aborted) {
      const options = { onLine: hearing(machine), signal };
      await provider.exec(machine, argv([`${machine}=/proc/pressure`]), options).catch(() => undefined);
      await clock.sleep(againMs, signal).catch(() => undefined);
    }
  };
  await Promise.all([
    overhear(provider, argv(outside), hearing(vantageName), signal),
    ...(provider.pressure ? [] : names.map(inside)),
  ]);
};
