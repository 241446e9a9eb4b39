/**
 * What a terminal obeys instead of showing it, and what changes the order of the letters around it: control characters but for
 * tabs and line feeds, marks of direction, line ends that only Unicode knows, halves of pairs.
 */
const unseen = /[^\P{Cc}\t\n]|\p{Bidi_Control}|[\u2028\u2029]|\p{Cs}/gu;

const asEscape = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A text with each of these as an escape such as `\u001b`, which means the same in JSON. Nothing in it can move a cursor. */
export const visible = (text: string): string => text.replaceAll(unseen, asEscape);

/** What `paint` puts around words: bold or dim (1, 2), a colour (31 to 36), and the ends of both (22, 39). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what colours begin with
const colour = /(\u001b\[(?:1|2|22|3[1-6]|39)m)/;

/** Every line of Quintet's own ends its colours itself. */
const endsItsColours = (pieces: readonly string[]): boolean => {
  const codes = pieces.flatMap((piece) => (colour.test(piece) ? [Number(piece.slice(2, -1))] : []));
  const last = (kind: (code: number) => boolean) => codes.filter(kind).at(-1);
  const weight = last((code) => code < 30);
  const tint = last((code) => code > 30);
  return (weight ?? 22) === 22 && (tint ?? 39) === 39;
};

/** The same for text with Quintet's own colours, which stay: no other text can do more with them than be coloured to its own end. */
export const visibleInColour = (text: string): string =>
  text
    .split('\n')
    .map((line) => {
      const pieces = line.split(colour);
      if (!endsItsColours(pieces)) return visible(line);
      return pieces.map((piece) => (colour.test(piece) ? piece : visible(piece))).join('');
    })
    .join('\n');

/** How text goes to a stream that is coloured or not: everything that leaves Quintet for a reader goes through this. */
export const shown = (color: boolean): ((text: string) => string) => (color ? visibleInColour : visible);
