import type { Plan } from '../model/plan.js';
import { wrapped } from '../model/wrapped.js';
import { type Graph, type Node, topologyGraph } from './topology-graph.js';

/**
 * The lab in a few lines, a column for each tier, from left to right:
 *
 *                                  ┌─► lb1 ──┐
 *     visitors ──► 192.168.56.10 ──┤   VRRP  ├──► web ────► app ──────► db
 *                  virtual IP      └─► lb2 ──┘    nginx     Node.js     MySQL
 *
 * Where that has no room, without what each runs; in the end the names alone.
 */
export const topologyFlow = (plan: Plan, columns = 80): string => {
  const graph = topologyGraph(plan);
  const names = graph.tiers.map((tier) => tier.map(labelOf).join(', ')).join(' ► ');
  const drawn = [wordsOf, () => ''].map((words) => drawing(graph, words));
  const fits = (lines: readonly string[]) => lines.every((line) => line.length <= columns);
  return (drawn.find(fits) ?? wrapped(names, columns)).join('\n');
};

type WordsOf = (node: Node) => string;

const drawing = (graph: Graph, words: WordsOf): string[] => {
  const rows = 2 * Math.max(2, ...graph.tiers.map((tier) => tier.length)) - 1;
  const parts = graph.tiers.flatMap((tier, index) => [
    ...(index === 0 ? [] : [joint(graph.tiers[index - 1]?.length ?? 1, tier.length, rows)]),
    block(tier, { graph, rows, words, goesOn: index + 1 < graph.tiers.length }),
  ]);
  return Array.from({ length: rows }, (_, row) =>
    parts
      .map((part) => part[row] ?? '')
      .join('')
      .trimEnd(),
  );
};

const labelOf = (node: Node): string =>
  node.kind === 'outside' ? 'visitors' : node.kind === 'vip' ? node.address : node.name;

const wordsOf: WordsOf = (node) =>
  node.kind === 'outside' ? '' : node.kind === 'vip' ? 'virtual IP' : (node.words.split(' + ')[0] ?? '');

/** In which row each of so many nodes stands: around the middle, every other row. */
const placesOf = (count: number, rows: number): number[] =>
  Array.from({ length: count }, (_, index) => (rows >> 1) - (count - 1) + 2 * index);

interface Column {
  readonly graph: Graph;
  readonly rows: number;
  readonly words: WordsOf;
  /** Whether there is a next one. */
  readonly goesOn: boolean;
}

const block = (tier: readonly Node[], { graph, rows, words, goesOn }: Column): string[] => {
  const middle = rows >> 1;
  const labels = tier.map(labelOf);
  const isPair = graph.bundles.some(
    ({ style, arrows }) => style === 'vrrp' && arrows.some(([from]) => from === tier[0]?.id),
  );
  const below = tier.length === 1 && tier[0] ? words(tier[0]) : '';
  const between = tier.length === 2 && isPair ? 'VRRP' : '';
  const width = Math.max(...[...labels, below, between].map((text) => text.length));
  const places = placesOf(tier.length, rows);
  return Array.from({ length: rows }, (_, row) => {
    const at = places.indexOf(row);
    // The line goes on from a short name to the end of its column.
    if (at !== -1) return `${labels[at]} `.padEnd(width + 1, goesOn ? '─' : ' ');
    if (row === middle) return between.padEnd(width + 1);
    return (row === middle + 1 ? below : '').padEnd(width + 1);
  });
};

/** From every node of one column to every node of the next. */
const joint = (from: number, to: number, rows: number): string[] => {
  const middle = rows >> 1;
  const gathered = from === 1 ? undefined : bar(from, rows, '┐┤┘', '├');
  const fanned = to === 1 ? undefined : bar(to, rows, '┌├└', '┤');
  const [starts, ends] = [placesOf(from, rows), placesOf(to, rows)];
  return Array.from({ length: rows }, (_, row) => {
    const isMiddle = row === middle;
    const left = starts.includes(row) ? '─' : ' ';
    const trunk = isMiddle ? '─' : ' ';
    const right = ends.includes(row) ? '─► ' : '   ';
    return `${left}${gathered?.[row] ?? ''}${gathered && fanned ? trunk : ''}${fanned?.[row] ?? ''}${right}`;
  });
};

const bar = (count: number, rows: number, [first = '', inner = '', last = '']: string, trunk: string): string[] => {
  const places = placesOf(count, rows);
  const [from = 0, until = 0] = [places[0], places.at(-1)];
  return Array.from({ length: rows }, (_, row) => {
    if (row < from || row > until) return ' ';
    if (row === from) return first;
    if (row === until) return last;
    const isNode = places.includes(row);
    if (row === rows >> 1) return isNode ? '┼' : trunk;
    return isNode ? inner : '│';
  });
};
