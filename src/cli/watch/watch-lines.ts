import type { ChalkInstance } from 'chalk';
import cliTruncate from 'cli-truncate';
import type { SitePart } from '../../model/scenario.js';
import { type Beat, holderWords, type Watched } from './watched.js';

export interface WatchLook {
  readonly columns: number;
  readonly chalk: ChalkInstance;
  /** What the lab is called, and where its site is. */
  readonly heading: string;
  /** Faults that are in place, in words. */
  readonly faults: readonly string[];
  /** The path that is asked for, of each part of the site. */
  readonly paths: Readonly<Record<SitePart, string>>;
  /** An answer later than this counts as none, in milliseconds. */
  readonly limitMs: number;
}

const nameWidth = 14;

/** How the lab stands, as lines that fit the terminal. */
export const watchLines = (view: Watched, look: WatchLook): string[] => {
  const { chalk } = look;
  const row = (name: string, text: string) => `${chalk.dim(name.padEnd(nameWidth))}${text}`;
  const since = `${Math.max(0, Math.round((view.nowMs - view.heldSinceMs) / 1000))} s`;
  const split = (view.holders?.length ?? 1) !== 1;
  const held = view.holders === undefined ? 'not known yet' : `${holderWords(view.holders)}, for ${since}`;
  const states = [...view.vrrp].sort().map(([name, state]) => {
    const text = `${name} ${state}`;
    return state === 'master' || state === 'backup' ? text : chalk.red(text);
  });
  const down = [...view.down].sort().map(([server, by]) => `${server} (${by.join(', ')})`);
  const { loadBalancer, web, app, database } = view.via;
  const path = [loadBalancer, web, app, database].filter((name) => name !== undefined).join(' → ');
  return [
    chalk.bold(look.heading),
    '',
    row('virtual IP', split ? chalk.red(held) : held),
    row('keepalived', states.join('   ') || 'not known yet'),
    row('served by', path || 'nobody yet'),
    ...(down.length === 0 ? [] : [row('called down', chalk.red(down.join('   ')))]),
    ...look.faults.map((fault) => row('broken', chalk.yellow(fault))),
    '',
    ...(['static', 'dynamic'] as const).map((part) => row(look.paths[part], strip(view.beats.get(part) ?? [], look))),
    // No line may be broken by the terminal: what is drawn over must be as high as was thought.
  ].map((line) => cliTruncate(line, Math.max(1, look.columns - 1)));
};

const bars = '▁▂▃▄▅▆▇█';

/** The latest answers, the newest at the right: the higher the later; a cross is none. Then the latest one in figures. */
const strip = (beats: readonly Beat[], look: WatchLook): string => {
  const last = beats.at(-1);
  if (last === undefined) return 'no answer yet';
  const figure = last.good ? `${Math.round(last.latencyMs)} ms` : 'no good answer';
  const width = Math.max(10, look.columns - nameWidth - 17);
  return `${beats
    .slice(-width)
    .map((beat) => sign(beat, look))
    .join('')}  ${last.good ? figure : look.chalk.red(figure)}`;
};

/** The scale is logarithmic: from a millisecond up to the limit. */
const sign = ({ latencyMs, good }: Beat, { chalk, limitMs }: WatchLook): string => {
  if (!good) return chalk.red('✖');
  const height = Math.floor((Math.log(Math.max(1, latencyMs)) / Math.log(limitMs)) * bars.length);
  return chalk.green(bars[Math.min(bars.length - 1, Math.max(0, height))] ?? '');
};
