// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what colours begin with
const stripped = (line: string): string => line.replaceAll(/\u001b\[\d+m/g, '');

/** A column for each sign but for colours: true of Quintet's own words, and to be had without a table of all signs. */
const plainWidth = (text: string): number => stripped(text).length;

/** The rows of a text that breaks between words only, later ones moved in by `margin`. */
export const wrapped = (text: string, width: number, margin = '  ', widthOf = plainWidth): string[] => {
  const rows: string[] = [];
  for (const word of text.split(' ')) {
    const row = rows.at(-1);
    if (row !== undefined && widthOf(`${row} ${word}`) <= width) rows[rows.length - 1] = `${row} ${word}`;
    else rows.push(row === undefined ? word : `${margin}${word}`);
  }
  return rows;
};

/** What a person copies into a shell (and no sentence): broken by the terminal alone it is still one line there. */
const command = /^\s*(?:[→$] )?(?:sudo|quintet|apt-get|npm|npx|vagrant|curl|curl\.exe|sh|VBoxManage) .*[^.]$/;

/** Several lines, each broken between words; what goes on stands two columns further in than its line. */
export const wrappedLines = (text: string, width: number): string =>
  text
    .split('\n')
    .flatMap((line) => {
      if (plainWidth(line) <= width || command.test(stripped(line))) return [line];
      const margin = line.slice(0, line.search(/\S/));
      return wrapped(line.slice(margin.length), width - margin.length).map((row) => `${margin}${row}`);
    })
    .join('\n');
