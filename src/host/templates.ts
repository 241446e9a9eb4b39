import { readdir, readFile } from 'node:fs/promises';
import path, { join, type PlatformPath } from 'node:path';

/** The path of a file in a folder, with `/` between. */
export const pathIn = (
  folder: string,
  file: string,
  { relative, sep }: Pick<PlatformPath, 'relative' | 'sep'> = path,
) => relative(folder, file).split(sep).join('/');

/** Every file below a folder of templates: path in it, with `/` between, -> text. */
export const readTemplates = async (folder: string): Promise<Map<string, string>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(
    files.map(
      async (file): Promise<[string, string]> => [
        pathIn(folder, file),
        (await readFile(file, 'utf8')).replaceAll('\r\n', '\n'),
      ],
    ),
  );
  return new Map(texts.sort(([one], [other]) => (one < other ? -1 : 1)));
};
