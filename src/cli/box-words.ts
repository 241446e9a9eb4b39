import { stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { exists } from '../host/files.js';
import { type BoxOrder, boxFileName } from '../providers/vagrant/box-build/box-order.js';
import { type Context, textOption, type Words } from './context.js';

const isFolder = async (path: string): Promise<boolean> => (await exists(path)) && (await stat(path)).isDirectory();

/** Where the box shall lie: the file that was named, or in the folder that was named, or in this one. */
export const boxOutput = async (
  context: Context,
  words: Words,
  choices: Omit<BoxOrder, 'output'>,
): Promise<BoxOrder> => {
  const output = resolve(context.cwd, textOption(words, 'output') ?? boxFileName(choices));
  return { ...choices, output: (await isFolder(output)) ? resolve(output, boxFileName(choices)) : output };
};

/** The path of a box that is there now, and what makes labs of it. */
export const tellBox = async (context: Context, { provider, system, output }: BoxOrder): Promise<void> => {
  const { size } = await stat(output);
  const shown = relative(context.cwd, output);
  context.out(output);
  context.say(
    `${shown.startsWith('..') ? output : shown} holds every role's packages (${(size / 1e6).toFixed(0)} MB).`,
  );
  const settings = [`provider=${provider}`, `system=${system}`, `box.name=quintet/${system}`, `box.url=${output}`];
  context.say(`Make labs of it: quintet init my-lab ${settings.map((setting) => `--set ${setting}`).join(' ')}`);
};
