import { stat } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { ensureDir, exists } from '../../host/files.js';
import { InputError } from '../../model/errors.js';
import { engines, runtimes, type System, systems } from '../../model/lab.js';
import { mysqlAvailable } from '../../plan/packages.js';
import {
  architectureOf,
  type BoxOrder,
  type BoxProvider,
  boxFileName,
} from '../../providers/vagrant/box-build/box-order.js';
import { buildBox } from '../../providers/vagrant/box-build/build-box.js';
import { missingForBox, requireBuilder } from '../../providers/vagrant/box-build/host-packages.js';
import { argument, type Context, type RunVerb, textOption, type Words } from '../context.js';
import { installPackages } from '../prepare-computer.js';
import { showing } from '../work.js';

export const box: RunVerb = async (context, words) => {
  const action = argument(words, 'action');
  if (action !== 'build') {
    throw new InputError(`quintet box ${action}: there is no such action.`, { hint: 'quintet box build makes a box.' });
  }
  const order = await orderOf(context, words);
  requireBuilder(process.platform, process.getuid?.());
  await installPackages(context, await missingForBox(), 'building a box needs');
  await ensureDir(dirname(order.output));
  await showing(context, [], (emit) => buildBox(order, emit, context.signal));
  const { size } = await stat(order.output);
  const shown = relative(context.cwd, order.output);
  context.out(order.output);
  context.say(
    `${shown.startsWith('..') ? order.output : shown} holds every role's packages (${(size / 1e6).toFixed(0)} MB).`,
  );
  context.say(useWords(order));
  return undefined;
};

/** What makes labs of it. */
const useWords = ({ provider, system, output }: BoxOrder): string =>
  `Make labs of it: quintet init my-lab --set provider=${provider} --set system=${system} --set box.name=quintet/${system} --set box.url=${output}`;

const one = <T extends string>(words: Words, name: string, all: readonly T[], otherwise: T): T =>
  all.find((each) => each === textOption(words, name)) ?? otherwise;

const orderOf = async (context: Context, words: Words): Promise<BoxOrder> => {
  const architecture = architectureOf(process.arch);
  if (architecture === undefined) {
    throw new InputError(`There are no boxes for a computer like this one (${process.arch}).`, {
      hint: 'Boxes are built on amd64 and arm64, for machines of the same kind.',
    });
  }
  const system = one<System>(words, 'system', systems, 'debian-13');
  const engine = one(words, 'engine', engines, mysqlAvailable(system) ? 'mysql' : 'mariadb');
  refuse(system, engine);
  const provider = one<BoxProvider>(words, 'provider', ['virtualbox', 'libvirt'], 'virtualbox');
  const choices = {
    provider,
    architecture,
    system,
    database: { engine },
    app: { runtime: one(words, 'runtime', runtimes, 'node') },
  };
  const output = resolve(context.cwd, textOption(words, 'output') ?? boxFileName(choices));
  if (await isFolder(output)) return { ...choices, output: resolve(output, boxFileName(choices)) };
  return { ...choices, output };
};

const isFolder = async (path: string): Promise<boolean> => (await exists(path)) && (await stat(path)).isDirectory();

const refuse = (system: System, engine: string): void => {
  if (!system.startsWith('debian-')) {
    throw new InputError(`Boxes are built of Debian, not of ${system}.`, {
      hint: 'quintet box build --system debian-13, or keep to the public box of that system.',
    });
  }
  if (engine === 'mysql' && !mysqlAvailable(system)) {
    throw new InputError(`${system} has no MySQL.`, {
      hint: 'quintet box build --engine mariadb, or --system debian-13.',
    });
  }
};
