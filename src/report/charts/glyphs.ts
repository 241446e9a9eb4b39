import { type ChannelValue, dot, type Markish } from '@observablehq/plot';

/** The forms of marks; each is told apart by its form, not by colour alone. */
export const glyphs = {
  /** A round dot: a line of no length with round ends. */
  dot: 'h0',
  cross: 'm-3.5-3.5l7 7m-7 0l7-7',
  diamond: 'm0-4l4 4l-4 4l-4-4z',
  ring: 'm-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0',
  tick: 'm0-6v12',
} as const;

export type Glyph = keyof typeof glyphs;

interface Placed<T> {
  readonly x: (each: T) => number;
  readonly y: (each: T) => number | string;
  readonly glyph: Glyph;
  readonly className: string;
  /** Dots that fall into the same square of so many pixels are drawn once; every one is drawn when left out. */
  readonly onceIn?: number;
}

/**
 * Many marks as one path: a tenth of the size of a circle each. Plot works out the places, and the style sheet the
 * colours.
 */
export const scattered = <T>(data: readonly T[], { x, y, glyph, className, onceIn }: Placed<T>): Markish =>
  dot(data as T[], {
    x: x as ChannelValue,
    y: y as ChannelValue,
    render: (index, scales, values, _dimensions, { document }) => {
      const { x: across, y: down } = scales as Readonly<Record<string, { bandwidth?: () => number } | undefined>>;
      const middle = [across, down].map((scale) => (scale?.bandwidth?.() ?? 0) / 2) as [number, number];
      const places = [...index].map((each): [number, number] => [
        (values.x?.[each] ?? 0) + middle[0],
        (values.y?.[each] ?? 0) + middle[1],
      ]);
      const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
      path.setAttribute('class', className);
      path.setAttribute('d', onceIn === undefined ? pathOf(places, glyphs[glyph]) : manyDots(thinned(places, onceIn)));
      return path;
    },
  });

const pathOf = (places: readonly (readonly [number, number])[], glyph: string): string =>
  places.map(([x, y]) => `M${tenth(x)} ${tenth(y)}${glyph}`).join('');

/** Round dots, each told from the one before it: the shortest text for thousands. */
const manyDots = (places: readonly (readonly [number, number])[]): string =>
  places
    .toSorted(([one], [other]) => one - other)
    .map(([x, y], index, all) => {
      const [fromX, fromY] = all[index - 1] ?? [0, 0];
      return `m${x - fromX} ${y - fromY}h0`.replaceAll(/\b0\./g, '.').replace(' -', '-');
    })
    .join('');

const tenth = (value: number): number => Math.round(value * 10) / 10;

/** Where there are thousands, half a pixel is fine enough, or a whole one for larger squares, and a shorter text. */
const thinned = (places: readonly [number, number][], cell: number): [number, number][] => {
  const perPixel = cell > 2 ? 1 : 2;
  const coarse = (value: number): number => Math.round(value * perPixel) / perPixel;
  const squares = new Map(places.map((place) => [place.map((value) => Math.round(value / cell)).join(), place]));
  return [...squares.values()].map(([x, y]) => [coarse(x), coarse(y)]);
};
