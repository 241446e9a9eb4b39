/** A piece of a page that may stand there as it is. Anything else that goes into a page is text and gets escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

export type Piece = Markup | string | number | undefined | readonly Piece[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** What a page can't hold: control characters except tab and line feeds, halves of surrogate pairs; or shall not: marks of direction. */
const unwritable = /[^\t\n\r\u0020-\u007E\u00A0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]|\p{Bidi_Control}/gu;

/** Text without what no page can hold. */
export const writable = (text: string): string => text.replaceAll(unwritable, '\uFFFD');

/** Text as it may stand between tags and in a quoted attribute, in HTML and in XML. */
export const escaped = (text: string): string =>
  writable(text).replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign);

const written = (piece: Piece): string => {
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === 'object') return piece.map(written).join('');
  return piece === undefined ? '' : escaped(String(piece));
};

/** html`<b>${anything}</b>`: what is put in is escaped, unless it is markup itself; lists are joined. */
export const html = (parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup =>
  new Markup(parts.map((part, index) => part + written(pieces[index])).join(''));

/** Markup from somewhere that is trusted: a chart, the topology, a style sheet. */
export const trusted = (text: string): Markup => new Markup(text);
