import { InputError } from '../../../model/errors.js';
import type { Lab, ProviderName, System } from '../../../model/lab.js';
import type { PlannedDatabase } from '../../../model/plan.js';

export type BoxProvider = Exclude<ProviderName, 'container'>;
export type Architecture = 'amd64' | 'arm64';

/** Which box is wanted. It holds the packages of every role that each lab has, so that one box serves all its machines. */
export interface BoxOrder {
  readonly provider: BoxProvider;
  readonly architecture: Architecture;
  readonly system: System;
  readonly app: Pick<Lab['app'], 'runtime'>;
  readonly database: Pick<PlannedDatabase, 'engine'>;
  /** Absolute path of the box file. */
  readonly output: string;
}

/** Boxes are built for the architecture of the computer that builds them; undefined where that is neither of the two. */
export const architectureOf = (node: NodeJS.Architecture): Architecture | undefined =>
  node === 'x64' ? 'amd64' : node === 'arm64' ? 'arm64' : undefined;

/** The same, for who can't go on without it. */
export const requireArchitecture = (node: NodeJS.Architecture): Architecture => {
  const architecture = architectureOf(node);
  if (architecture !== undefined) return architecture;
  throw new InputError(`There are no boxes for a computer like this one (${node}).`, {
    hint: 'Boxes are made on amd64 and arm64, for machines of the same kind.',
  });
};

/** What the file is called when nobody said: all that tells it from another. */
export const boxFileName = (order: Omit<BoxOrder, 'output'>): string =>
  `quintet-${order.system}-${order.database.engine}-${order.app.runtime}-${order.provider}-${order.architecture}.box`;
