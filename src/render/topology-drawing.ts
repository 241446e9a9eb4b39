import type { Plan } from '../model/plan.js';
import { type Bundle, type Graph, type Node, topologyGraph } from './topology-graph.js';

const card = 25;
const gap = 9;

/** The lab in box-drawing characters, at most `columns` wide; a tier that is too wide becomes one box with a list. */
export const topologyDrawing = (plan: Plan, columns = 60): string => {
  // An odd width has a middle column.
  const width = columns % 2 === 0 ? columns - 1 : columns;
  const graph = topologyGraph(plan);
  const tiers = graph.tiers.map((tier) => drawTier(tier, graph, width));
  const lines = tiers.flatMap((tier, index) => {
    const next = tiers[index + 1];
    return next ? [...tier.lines, ...joints(tier, next, labelBetween(graph, index), width)] : [...tier.lines];
  });
  return lines.map((line) => line.trimEnd()).join('\n');
};

interface Tier {
  readonly lines: readonly string[];
  /** The columns where lines may start: the middle of each box. */
  readonly middles: readonly number[];
}

const drawTier = (nodes: readonly Node[], graph: Graph, width: number): Tier => {
  const total = nodes.length * card + (nodes.length - 1) * gap;
  if (total > width) return listTier(nodes, width);
  const left = Math.floor((width - total) / 2);
  const boxes = nodes.map((node) => boxOf(node, [heading(node), node.words]));
  const rows = boxes[0]?.map((_, row) => boxes.map((box) => box[row] ?? '')) ?? [];
  const between = (row: number) => (row === 2 && hasVrrp(nodes, graph) ? '◄┄VRRP┄┄►' : ' '.repeat(gap));
  return {
    lines: rows.map((parts, row) => ' '.repeat(left) + parts.join(between(row))),
    middles: nodes.map((_, index) => left + index * (card + gap) + (card >> 1)),
  };
};

const hasVrrp = (nodes: readonly Node[], graph: Graph): boolean =>
  graph.bundles.some(
    ({ style, arrows }) => style === 'vrrp' && arrows.some(([from]) => nodes.some((node) => node.id === from)),
  );

const heading = (node: Node): string => `${shortened(node.name, card - 6 - node.address.length)}  ${node.address}`;

const shortened = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, Math.max(1, length - 1))}…`;

const padded = (text: string, width: number): string => shortened(text, width).padEnd(width);

const boxOf = (node: Node, lines: readonly string[], width = card): string[] => {
  const [topLeft, topRight, bottomLeft, bottomRight, across, down] = node.kind === 'vip' ? '╔╗╚╝═║' : '┌┐└┘─│';
  const bar = (across ?? '').repeat(width - 2);
  return [
    `${topLeft}${bar}${topRight}`,
    ...lines.map((line) => `${down} ${padded(line, width - 4)} ${down}`),
    `${bottomLeft}${bar}${bottomRight}`,
  ];
};

/** Many machines in one box, a row each. */
const listTier = (nodes: readonly Node[], width: number): Tier => {
  const wide = Math.min(width, 57);
  const first = nodes[0];
  if (!first) return { lines: [], middles: [] };
  const rows = nodes.map((node) => `${padded(node.name, 14)} ${node.address.padEnd(16)} ${node.words}`);
  const left = ' '.repeat((width - wide) >> 1);
  return { lines: boxOf(first, rows, wide).map((line) => left + line), middles: [width >> 1] };
};

/** What the arrows between a tier and the next one say. */
const labelBetween = (graph: Graph, index: number): string => {
  const ids = (tier: number) => new Set((graph.tiers[tier] ?? []).map((node) => node.id));
  const [from, to] = [ids(index), ids(index + 1)];
  const joins = ({ arrows, style }: Bundle) =>
    style === 'traffic' && arrows.some(([start, end]) => from.has(start) && to.has(end));
  return graph.bundles
    .filter(joins)
    .map((bundle) => bundle.label)
    .join(', ');
};

/** Lines from every box of one tier to every box of the next, in three rows. */
const joints = (upper: Tier, lower: Tier, label: string, width: number): string[] => {
  const middle = width >> 1;
  const stub = (columns: readonly number[], mark: string) =>
    Array.from({ length: width }, (_, column) => (columns.includes(column) ? mark : ' ')).join('');
  const above = upper.middles.length > 1 ? [bar(upper.middles, middle, '└┴┘', '┬', '┼', width)] : [];
  const below = lower.middles.length > 1 ? [bar(lower.middles, middle, '┌┬┐', '┴', '┼', width)] : [];
  const trunk = stub([middle], '│').slice(0, middle + 1) + (label === '' ? '' : ` ${label}`);
  return [...above, trunk, ...below, stub(lower.middles, '▼')];
};

const bar = (
  columns: readonly number[],
  middle: number,
  [left, inner, right]: string | [string, string, string],
  trunk: string,
  crossing: string,
  width: number,
): string => {
  const [first, last] = [Math.min(...columns), Math.max(...columns)];
  return Array.from({ length: width }, (_, column) => {
    if (column < first || column > last) return ' ';
    if (column === first) return left;
    if (column === last) return right;
    if (columns.includes(column)) return column === middle ? crossing : inner;
    return column === middle ? trunk : '─';
  }).join('');
};
