import { relative, resolve } from 'node:path';
import { namesIn } from '../../host/files.js';
import { sumsFile } from '../../render/bundle.js';
import { subjectOf } from '../bundle/subject.js';
import { bytesOf } from '../bundle/sums.js';
import { writeBundle } from '../bundle/write-bundle.js';
import { flag, optionalArgument, type RunVerb } from '../context.js';
import { prepareComputer } from '../prepare-computer.js';
import { tableOf } from '../table-of.js';
import { showing } from '../work.js';

const defaultFolder = './quintet-bundle';

export const bundle: RunVerb = async (context, words) => {
  const folder = resolve(context.cwd, optionalArgument(words, 'dir') ?? defaultFolder);
  const { site, release } = await subjectOf(context);
  const write = async () => {
    await prepareComputer(context, site.plan);
    const { signal } = context;
    const replace = flag(words, 'force');
    return showing(context, [], (emit) => writeBundle(site, folder, { replace, emit, signal }));
  };
  const digest = await write().finally(release);
  context.out(await sizes(folder));
  context.out(`digest  ${digest}`);
  const shown = relative(context.cwd, folder) || '.';
  context.say(`The bundle is in ${shown}. On the other computer: sh install.sh in there; README.md tells more.`);
  context.say(digestWords);
  return undefined;
};

const digestWords = `Take the digest there some other way than with the bundle (on paper, by telephone): install.sh asks for its first 16 digits.
Who does not trust the way that the bundle takes runs sha256sum ${sumsFile} there first, and compares.`;

const sizes = async (folder: string): Promise<string> => {
  const parts = (await namesIn(folder)).map(async (name) => [name, await bytesOf(`${folder}/${name}`)] as const);
  const measured = await Promise.all(parts);
  const total = measured.reduce((sum, [, bytes]) => sum + bytes, 0);
  const rows = [...measured, ['all', total] as const].map(([name, bytes]) => [name, bytes.toLocaleString('en')]);
  const width = Math.max(...rows.map(([, bytes]) => bytes?.length ?? 0));
  return tableOf(
    ['part', 'bytes'.padStart(width)],
    rows.map(([name = '', bytes = '']) => [name, bytes.padStart(width)]),
  );
};
