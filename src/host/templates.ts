import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** Every file below a folder of templates: path in it, with `/` between, -> text. */
export const readTemplates = async (folder: string): Promise<Map<string, string>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(
    paths.map(
      async (path): Promise<[string, string]> => [
        relative(folder, path).split(sep).join('/'),
        (await readFile(path, 'utf8')).replaceAll('\r\n', '\n'),
      ],
    ),
  );
  return new Map(texts.sort(([one], [other]) => (one < other ? -1 : 1)));
};
