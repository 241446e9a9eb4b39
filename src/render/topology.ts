import type { Plan } from '../model/plan.js';
import { roleNamed, roles } from '../roles/roles.js';
import { topologyGraph } from './topology-graph.js';
import { iconOf } from './topology-icons.js';
import { type Box, type Layout, layoutOf, type Point, type Way } from './topology-layout.js';

/** The lab as a picture that follows the reader's light or dark colours. Same plan, same text. */
export const topologySvg = (plan: Plan): string => {
  const graph = topologyGraph(plan);
  const layout = layoutOf(graph);
  const { width, height } = layout;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`,
    `     role="img" aria-labelledby="topology-title topology-desc" font-family="system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif">`,
    `  <title id="topology-title">${xml(`${plan.title}: the machines of the lab and who talks to whom`)}</title>`,
    `  <desc id="topology-desc">${xml(description(plan))}</desc>`,
    style,
    markers,
    `  <rect class="ground" width="${width}" height="${height}" rx="14"/>`,
    ...layout.ways.map(drawWay),
    ...layout.boxes.map((box) => drawBox(box, plan)),
    ...labelsOf(layout).map(drawLabel),
    '</svg>',
    '',
  ].join('\n');
};

/** Text as it may stand in XML, in an attribute as well. */
export const xml = (text: string): string => {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
  // XML 1.0 has no way to write most control characters; they are left out.
  const printable = [...text].filter((character) => character >= ' ' || character === '\n').join('');
  return printable.replace(/[&<>"']/g, (character) => entities[character] ?? '');
};

const description = (plan: Plan): string => {
  const machines = plan.machines.map(
    (machine) =>
      `${machine.name} (${machine.roles.map((role) => roleNamed(role).words).join(', ')}) at ${machine.address}`,
  );
  const talk = plan.connections.map(
    (row) => `${row.from} to ${row.to} by ${row.protocol}${row.port === undefined ? '' : ` ${row.port}`}`,
  );
  return `The virtual IP ${plan.network.vip} is held by one load balancer at a time. Machines: ${machines.join('; ')}. Connections: ${talk.join('; ')}.`;
};

const coloured = (ground: 'light' | 'dark'): string =>
  roles.map(({ name, colour }) => `.${name} { stroke: ${colour[ground]}; }`).join(' ');

const style = `  <style>
    svg { color-scheme: light dark; }
    .ground { fill: #f7f8fa; }
    .box { fill: #ffffff; stroke: #c5ccd6; stroke-width: 1.25; }
    .vip { fill: #fff8e6; stroke: #d29a1c; stroke-width: 1.75; stroke-dasharray: 7 4; }
    .outside { fill: #eceff4; stroke: none; }
    .name { fill: #17202e; font-size: 17px; font-weight: 650; }
    .words { fill: #4c596b; font-size: 13px; }
    .address { fill: #17202e; font-size: 13px; font-family: ui-monospace, 'Cascadia Mono', Menlo, 'DejaVu Sans Mono', monospace; }
    .icon { fill: none; stroke-width: 1.9; stroke-linecap: round; stroke-linejoin: round; }
    ${coloured('light')}
    .way { fill: none; stroke-width: 1.6; }
    .traffic { stroke: #64748b; } .holds { stroke: #d29a1c; stroke-dasharray: 2 5; stroke-linecap: round; stroke-width: 2.2; }
    .vrrp { stroke: #2463c9; stroke-dasharray: 7 5; }
    .tip-traffic { fill: #64748b; } .tip-holds { fill: #d29a1c; } .tip-vrrp { fill: #2463c9; }
    .plate { fill: #f7f8fa; }
    .label { fill: #17202e; font-size: 12.5px; font-weight: 600; }
    .purpose { fill: #4c596b; font-size: 11.5px; }
    .icon-vip { stroke: #b07d0c; } .icon-outside { stroke: #4c596b; }
    @media (prefers-color-scheme: dark) {
      .ground, .plate { fill: #10151d; }
      .box { fill: #1a2230; stroke: #3b475a; }
      .vip { fill: #2b2412; stroke: #d9a941; }
      .outside { fill: #1f2836; }
      .name, .address, .label { fill: #eef2f7; }
      .words, .purpose { fill: #a9b5c6; }
      ${coloured('dark')}
      .traffic { stroke: #8c9bb0; } .holds { stroke: #d9a941; } .vrrp { stroke: #74a7ff; }
      .tip-traffic { fill: #8c9bb0; } .tip-holds { fill: #d9a941; } .tip-vrrp { fill: #74a7ff; }
      .icon-vip { stroke: #d9a941; } .icon-outside { stroke: #a9b5c6; }
    }
  </style>`;

const markers = [
  '  <defs>',
  ...['traffic', 'holds', 'vrrp'].map(
    (name) =>
      `    <marker id="tip-${name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7.5" markerHeight="7.5" orient="auto-start-reverse" markerUnits="userSpaceOnUse"><path class="tip-${name}" d="M0 0.8 10 5 0 9.2z"/></marker>`,
  ),
  '  </defs>',
].join('\n');

const drawWay = (way: Way): string => {
  const tips = `${way.bundle.style === 'vrrp' ? ' marker-start="url(#tip-vrrp)"' : ''} marker-end="url(#tip-${way.bundle.style})"`;
  return `  <path class="way ${way.bundle.style}" d="${pathOf(way)}"${tips}/>`;
};

const at = ({ x, y }: Point): string => `${round(x)} ${round(y)}`;
const round = (value: number): number => Math.round(value * 10) / 10;

const pathOf = ({ points, bend }: Way): string => {
  const [first, ...rest] = points;
  if (!first) return '';
  if (bend === 'across') return `M${at(first)}L${rest.map(at).join(' ')}`;
  if (bend === 'below') return `M${at(first)}Q${rest.map(at).join(' ')}`;
  let last = first;
  const curves = rest.map((point) => {
    const middle = (last.y + point.y) / 2;
    const text = `C${round(last.x)} ${round(middle)} ${round(point.x)} ${round(middle)} ${at(point)}`;
    last = point;
    return text;
  });
  return `M${at(first)}${curves.join('')}`;
};

const drawBox = (box: Box, plan: Plan): string => {
  if (box.kind === 'outside') return drawOutside(box);
  if (box.kind === 'vip') return drawVip(box);
  const machine = plan.machines.find((each) => each.name === box.name);
  const words = (machine?.roles ?? []).map((role) => roleNamed(role).words).join(' + ');
  return [
    `  <g>`,
    `    <title>${xml(`${box.name}: ${words}`)}</title>`,
    `    <rect class="box" x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="10"/>`,
    `    <g class="icon ${box.kind}" transform="translate(${box.x + 14} ${box.y + 26})">${iconOf(box.kind)}</g>`,
    text('name', box.x + 58, box.y + 27, box.name),
    text('words', box.x + 58, box.y + 47, fitted(box.words, 21)),
    text('address', box.x + 58, box.y + 68, box.address),
    `  </g>`,
  ].join('\n');
};

const drawVip = (box: Box): string =>
  [
    `  <g>`,
    `    <title>The virtual IP: one load balancer holds it at a time</title>`,
    `    <rect class="vip" x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="${box.height / 2}"/>`,
    `    <g class="icon icon-vip" transform="translate(${box.x + 18} ${box.y + 15})">${iconOf('vip')}</g>`,
    text('name', box.x + 60, box.y + 27, 'virtual IP'),
    text('address', box.x + 60, box.y + 46, box.address),
    `  </g>`,
  ].join('\n');

const drawOutside = (box: Box): string =>
  [
    `  <g>`,
    `    <title>Outside: this computer</title>`,
    `    <rect class="outside" x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="10"/>`,
    `    <g class="icon icon-outside" transform="translate(${box.x + 14} ${box.y + 13})">${iconOf('outside')}</g>`,
    text('name', box.x + 58, box.y + 26, 'outside'),
    text('words', box.x + 58, box.y + 45, `browsers and probes; this computer is ${box.address}`),
    `  </g>`,
  ].join('\n');

const text = (className: string, x: number, y: number, words: string): string =>
  `    <text class="${className}" x="${x}" y="${y}">${xml(words)}</text>`;

const fitted = (words: string, length: number): string =>
  words.length <= length ? words : `${words.slice(0, length - 1).trimEnd()}…`;

interface Label {
  readonly x: number;
  readonly y: number;
  readonly lines: readonly [string, string] | readonly [string];
}

const halfWidth = ({ lines }: Label): number => Math.max(...lines.map((line) => line.length)) * 3.1 + 8;

const overlaps = (one: Label, other: Label): boolean =>
  Math.abs(one.x - other.x) < halfWidth(one) + halfWidth(other) && Math.abs(one.y - other.y) < 34;

/** One label for arrows that run together, one each for those that don't; a repeated one gives way to others. */
const labelsOf = ({ ways }: Layout): Label[] => {
  const bundles = [...new Set(ways.map((way) => way.bundle))].filter((bundle) => bundle.style !== 'holds');
  const placed: Label[] = [];
  for (const bundle of bundles) {
    const labelled = ways.filter((way) => way.bundle === bundle && way.bend !== 'below');
    const own = labelled.map(labelOf);
    const together = own.length > 1 && ways.every((way) => way.bundle !== bundle || way.points.length === 2);
    const first = own[0];
    if (!first) continue;
    const mean = own.reduce((sum, label) => sum + label.x, 0) / own.length;
    const wanted = together && bundle.style === 'traffic' ? [{ ...first, x: mean }] : own;
    const free = wanted.filter((label) => !placed.some((other) => overlaps(label, other)));
    placed.push(...(free.length > 0 ? free : [nudged(wanted[0] ?? first, placed)]));
  }
  return placed;
};

const nudged = (label: Label, placed: readonly Label[]): Label => {
  const tries = [-36, 36, -18, 18].map((dy) => ({ ...label, y: label.y + dy }));
  return tries.find((each) => !placed.some((other) => overlaps(each, other))) ?? label;
};

const labelOf = ({ bundle, points, bend }: Way): Label => {
  const [a, b] = [points[0] ?? { x: 0, y: 0 }, points[1] ?? { x: 0, y: 0 }];
  if (bend === 'across') return { x: (a.x + b.x) / 2, y: a.y - 14, lines: [bundle.label] };
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 - 4, lines: [bundle.label, fitted(bundle.purpose, 58)] };
};

const drawLabel = (label: Label): string => {
  const half = halfWidth(label);
  const height = label.lines.length * 17;
  const top = label.y - height / 2;
  return [
    `  <g text-anchor="middle">`,
    `    <rect class="plate" x="${round(label.x - half)}" y="${round(top - 1)}" width="${round(2 * half)}" height="${height + 2}" rx="6" opacity="0.92"/>`,
    ...label.lines.map((line, index) =>
      text(index === 0 ? 'label' : 'purpose', round(label.x), round(top + 13 + 16 * index), line),
    ),
    `  </g>`,
  ].join('\n');
};
