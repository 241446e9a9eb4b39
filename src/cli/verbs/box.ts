import { dirname } from 'node:path';
import { ensureDir } from '../../host/files.js';
import { InputError } from '../../model/errors.js';
import { type System, systems } from '../../model/lab.js';
import { type BoxOrder, type BoxProvider, requireArchitecture } from '../../providers/vagrant/box-build/box-order.js';
import { buildBox } from '../../providers/vagrant/box-build/build-box.js';
import { missingForBox, requireBuilder } from '../../providers/vagrant/box-build/host-packages.js';
import { sampleRuntimes } from '../../roles/app.js';
import { engines, mysqlAvailable } from '../../roles/database.js';
import { boxOutput, tellBox } from '../box-words.js';
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
  await tellBox(context, order);
  return undefined;
};

const one = <T extends string>(words: Words, name: string, all: readonly T[], otherwise: T): T =>
  all.find((each) => each === textOption(words, name)) ?? otherwise;

const orderOf = async (context: Context, words: Words): Promise<BoxOrder> => {
  const system = one<System>(words, 'system', systems, 'debian-13');
  const engine = one(words, 'engine', engines, mysqlAvailable(system) ? 'mysql' : 'mariadb');
  refuse(system, engine);
  const provider = one<BoxProvider>(words, 'provider', ['virtualbox', 'libvirt'], 'virtualbox');
  return boxOutput(context, words, {
    provider,
    architecture: requireArchitecture(process.arch),
    system,
    database: { engine },
    app: { runtime: one(words, 'runtime', sampleRuntimes, 'node') },
  });
};

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
