import type { Bundle, Graph, Node } from './topology-graph.js';

/** A box with its place, in pixels. */
export interface Box extends Node {
  readonly tier: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** An arrow's way: vertical at every point when `bend` is `down`, straight across when `across`. */
export interface Way {
  readonly bundle: Bundle;
  readonly points: readonly Point[];
  readonly bend: 'down' | 'across' | 'below';
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly ways: readonly Way[];
}

const card = { width: 220, height: 84 };
const vip = { width: 220, height: 62 };
const outsideHeight = 58;
const gapX = 104;
const gapY = 92;
const margin = 36;
const clearance = 18;

const tierWidth = (count: number): number => count * card.width + (count - 1) * gapX;

/** Tiers from top to bottom, each centred; arrows go around the boxes in between. */
export const layoutOf = (graph: Graph): Layout => {
  const inner = Math.max(tierWidth(2), ...graph.tiers.map((tier) => tierWidth(tier.length)));
  const boxes = placeBoxes(graph, inner);
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { width: inner + 2 * margin, height: bottom + margin, boxes, ways: waysOf(graph, boxes) };
};

const sizeOf = (node: Node, inner: number): { width: number; height: number } =>
  node.kind === 'outside' ? { width: inner, height: outsideHeight } : node.kind === 'vip' ? vip : card;

const placeBoxes = (graph: Graph, inner: number): Box[] => {
  let y = margin;
  return graph.tiers.flatMap((nodes, tier) => {
    const sizes = nodes.map((node) => sizeOf(node, inner));
    const total = sizes.reduce((sum, size) => sum + size.width, 0) + (nodes.length - 1) * gapX;
    let x = margin + (inner - total) / 2;
    const top = y;
    y += Math.max(...sizes.map((size) => size.height)) + gapY + roomForArcs(graph, nodes);
    return nodes.map((node, index) => {
      const size = sizes[index] ?? card;
      const left = x;
      x += size.width + gapX;
      return { ...node, ...size, tier, x: left, y: top };
    });
  });
};

/** Arcs below a tier (between boxes that aren't neighbours) need room of their own. */
const roomForArcs = (graph: Graph, nodes: readonly Node[]): number => {
  const index = new Map(nodes.map((node, at) => [node.id, at]));
  const far = graph.bundles
    .flatMap((bundle) => bundle.arrows)
    .some(([from, to]) => Math.abs((index.get(from) ?? Number.NaN) - (index.get(to) ?? Number.NaN)) > 1);
  return far ? 36 : 0;
};

export const centre = (box: Box): number => box.x + box.width / 2;
const bottomOf = (box: Box): number => box.y + box.height;

interface Arrow {
  readonly bundle: Bundle;
  readonly from: Box;
  readonly to: Box;
}

const waysOf = (graph: Graph, boxes: readonly Box[]): Way[] => {
  const byId = new Map(boxes.map((box) => [box.id, box]));
  const arrows = graph.bundles.flatMap((bundle) =>
    bundle.arrows.flatMap(([from, to]): Arrow[] => {
      const [start, end] = [byId.get(from), byId.get(to)];
      return start && end ? [{ bundle, from: start, to: end }] : [];
    }),
  );
  const level = arrows.filter(({ from, to }) => from.tier === to.tier);
  const steep = arrows.filter(({ from, to }) => from.tier !== to.tier);
  return [...acrossWays(level, boxes), ...downWays(steep, boxes)];
};

/** Neighbours are joined side to side, several lines one under the other; others by an arc below their tier. */
const acrossWays = (arrows: readonly Arrow[], boxes: readonly Box[]): Way[] => {
  const used = new Map<string, number>();
  return arrows.map(({ bundle, from, to }): Way => {
    const [left, right] = from.x < to.x ? [from, to] : [to, from];
    const between = boxes.some((box) => box.tier === left.tier && box.x > left.x && box.x < right.x);
    const key = `${left.id} ${right.id}`;
    const count = used.get(key) ?? 0;
    used.set(key, count + 1);
    if (between) {
      const depth = { x: (centre(from) + centre(to)) / 2, y: bottomOf(left) + 40 + 12 * count };
      const ends = [from, to].map((box) => ({ x: centre(box) + (box === left ? 84 : -84), y: bottomOf(box) }));
      return { bundle, bend: 'below', points: [...ends.slice(0, 1), depth, ...ends.slice(1)] };
    }
    const y = left.y + left.height * (0.36 + 0.36 * count);
    const ends = [
      { x: left.x + left.width, y },
      { x: right.x, y },
    ];
    return { bundle, bend: 'across', points: from === left ? ends : ends.reverse() };
  });
};

const downWays = (arrows: readonly Arrow[], boxes: readonly Box[]): Way[] => {
  const through = arrows.map((arrow) => ({ ...arrow, passing: passing(arrow, boxes) }));
  const port = (box: Box, side: 'top' | 'bottom', self: (typeof through)[number]): Point => {
    const upper = (arrow: Arrow) => (arrow.from.tier < arrow.to.tier ? arrow.from : arrow.to);
    const onSide = through.filter(
      (arrow) => (arrow.from === box || arrow.to === box) && (upper(arrow) === box) === (side === 'bottom'),
    );
    const towards = (arrow: (typeof through)[number]): number => {
      const other = arrow.from === box ? arrow.to : arrow.from;
      const near = side === 'bottom' ? arrow.passing[0] : arrow.passing.at(-1);
      return near?.x ?? centre(other);
    };
    const y = side === 'bottom' ? bottomOf(box) : box.y;
    if (box.kind === 'outside') return { x: clamp(towards(self), box.x + 30, box.x + box.width - 30), y };
    const sorted = onSide.toSorted((a, b) => towards(a) - towards(b));
    const spread = Math.min(56, (box.width - 48) / Math.max(1, sorted.length - 1));
    return { x: centre(box) + (sorted.indexOf(self) - (sorted.length - 1) / 2) * spread, y };
  };
  return through.map((arrow): Way => {
    const down = arrow.from.tier < arrow.to.tier;
    const [upper, lower] = down ? [arrow.from, arrow.to] : [arrow.to, arrow.from];
    const points = [port(upper, 'bottom', arrow), ...arrow.passing, port(lower, 'top', arrow)];
    return { bundle: arrow.bundle, bend: 'down', points: down ? points : points.reverse() };
  });
};

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Where an arrow goes by the boxes of the tiers in between: two points a tier, at the free place nearest its straight way. */
const passing = ({ from, to }: Arrow, boxes: readonly Box[]): Point[] => {
  const [upper, lower] = from.tier < to.tier ? [from, to] : [to, from];
  const start = upper.kind === 'outside' ? clamp(centre(lower), upper.x, upper.x + upper.width) : centre(upper);
  const count = lower.tier - upper.tier;
  return Array.from({ length: count - 1 }, (_, index) => {
    const tier = boxes.filter((box) => box.tier === upper.tier + index + 1);
    const wanted = start + ((centre(lower) - start) * (index + 1)) / count;
    const x = freePlace(tier, wanted);
    const top = Math.min(...tier.map((box) => box.y));
    return [
      { x, y: top },
      { x, y: Math.max(...tier.map(bottomOf)) },
    ];
  }).flat();
};

const freePlace = (tier: readonly Box[], wanted: number): number => {
  const blocked = (x: number) => tier.some((box) => x > box.x - clearance + 1 && x < box.x + box.width + clearance - 1);
  const beside = tier.flatMap((box) => [box.x - clearance, box.x + box.width + clearance]);
  const free = [wanted, ...beside].filter((x) => !blocked(x));
  return free.toSorted((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))[0] ?? wanted;
};
