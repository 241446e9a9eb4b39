import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A text and what must be said about it: `<name>.yaml` beside `<name>.txt`. */
export interface Pair {
  readonly name: string;
  readonly text: string;
  /** Undefined when the file is missing, which no test may let pass. */
  readonly expected: string | undefined;
}

const write = process.env.QUINTET_WRITE_PAIRS === '1';

const folderOf = (folder: string): string => fileURLToPath(new URL(`${folder}/`, import.meta.url));

export const pairsIn = (folder: string): readonly Pair[] => {
  const at = folderOf(folder);
  const names = readdirSync(at);
  return names
    .filter((name) => name.endsWith('.yaml'))
    .map((file) => {
      const name = file.slice(0, -'.yaml'.length);
      const text = readFileSync(`${at}${file}`, 'utf8');
      const expected = names.includes(`${name}.txt`) ? readFileSync(`${at}${name}.txt`, 'utf8') : undefined;
      return { name, text, expected };
    });
};

/** Texts that say what is expected of a file that is not there. */
export const orphansIn = (folder: string): readonly string[] => {
  const names = readdirSync(folderOf(folder));
  return names.filter((name) => name.endsWith('.txt') && !names.includes(name.replace(/\.txt$/, '.yaml')));
};

/** With QUINTET_WRITE_PAIRS=1 the expected texts are written instead of compared; read them before you commit them. */
export const expectedOf = (folder: string, pair: Pair, said: string): string | undefined => {
  if (!write) return pair.expected;
  writeFileSync(`${folderOf(folder)}${pair.name}.txt`, said);
  return said;
};
