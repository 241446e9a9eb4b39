import { type PlotOptions, plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom/worker';
import { type Markup, trusted, writable } from '../html/markup.js';

/** Charts are drawn twice, since text that shrinks with the screen can't be read: for a desk or paper, and for a phone. */
export interface ChartSize {
  readonly name: 'wide' | 'narrow';
  readonly width: number;
  readonly marginLeft: number;
  readonly marginRight: number;
  readonly fontSize: number;
  /** Good answers in the same square of so many pixels are one dot. */
  readonly dot: number;
}

export const wide: ChartSize = { name: 'wide', width: 900, marginLeft: 104, marginRight: 14, fontSize: 12, dot: 2 };
export const narrow: ChartSize = { name: 'narrow', width: 348, marginLeft: 58, marginRight: 10, fontSize: 11, dot: 3 };

export const innerWidth = ({ width, marginLeft, marginRight }: ChartSize): number => width - marginLeft - marginRight;

/** Lines of the grid across time. */
export const gridTicks = ({ name }: ChartSize): number => (name === 'wide' ? 10 : 5);

/** About how wide a text of a chart is, in its pixels. */
export const textWidth = (text: string, { fontSize }: ChartSize): number => text.length * fontSize * 0.56;

/** A chart's drawing; colours are left to the page's style sheet. */
export const drawn = (size: ChartSize, options: PlotOptions): Element => {
  const { width, marginLeft, marginRight, fontSize } = size;
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const style = { fontSize: `${fontSize}px` };
  const svg = plot({ width, marginLeft, marginRight, style, ...options, document });
  svg.querySelector('style')?.remove();
  for (const element of [svg, ...svg.querySelectorAll('*')]) tidy(element);
  for (const group of svg.querySelectorAll('g')) joinLines(group);
  return svg as unknown as Element;
};

const placing = new Set(['x', 'y', 'x1', 'x2', 'y1', 'y2', 'width', 'height', 'cx', 'cy', 'd', 'transform']);
const colours = new Set([
  'fill',
  'stroke',
  'stroke-opacity',
  'font-family',
  'font-variant',
  'aria-label',
  'aria-hidden',
]);

/** A tenth of a pixel is fine enough; a style sheet is heeded only where no attribute of the page's own speaks first. */
const tidy = (element: Element): void => {
  for (const { name, value } of [...element.attributes]) {
    if (placing.has(name)) element.setAttribute(name, value.replaceAll(/\d+\.\d{2,}/g, shortened));
    else if (colours.has(name)) element.removeAttribute(name);
  }
};

/** A grid as one path: a quarter of the size of its lines. */
const joinLines = (group: Element): void => {
  const lines = [...group.children];
  if (lines.length < 2 || lines.some((line) => line.localName !== 'line')) return;
  const path = group.ownerDocument.createElementNS('http://www.w3.org/2000/svg', 'path');
  const at = (line: Element, ...names: string[]) => names.map((name) => line.getAttribute(name)).join(' ');
  path.setAttribute('d', lines.map((line) => `M${at(line, 'x1', 'y1')}L${at(line, 'x2', 'y2')}`).join(''));
  group.replaceChildren(path);
};

const shortened = (digits: string): string => String(Math.round(Number(digits) * 10) / 10);

export interface ChartWords {
  /** Unique on the page. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

/** Drawings one below the other as one picture that a screen reader can name and tell about; the wide one has the words. */
const picture = ({ id, title, description }: ChartWords, size: ChartSize, drawings: readonly Element[]): Markup => {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  let height = 0;
  const told = [
    ['title', title],
    ['desc', description],
  ] as const;
  for (const [tag, text] of size === wide ? told : []) {
    const words = document.createElementNS('http://www.w3.org/2000/svg', tag);
    words.setAttribute('id', `${id}-${tag}`);
    words.textContent = text;
    svg.append(words);
  }
  for (const drawing of drawings) {
    drawing.setAttribute('y', String(height));
    drawing.removeAttribute('class');
    height += Number(drawing.getAttribute('height'));
    svg.append(drawing);
  }
  const attributes = { class: `chart ${size.name}`, viewBox: `0 0 ${size.width} ${height}`, role: 'img' };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  svg.setAttribute('width', String(size.width));
  svg.setAttribute('height', String(height));
  svg.setAttribute('aria-labelledby', `${id}-title`);
  svg.setAttribute('aria-describedby', `${id}-desc`);
  return trusted(writable(svg.outerHTML));
};

/** The same picture for a desk and for a phone; the style sheet shows the one that fits. */
export const inBothSizes = (words: ChartWords, draw: (size: ChartSize) => readonly Element[]): Markup[] =>
  [wide, narrow].map((size) => picture(words, size, draw(size)));
