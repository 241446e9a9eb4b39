import { relative } from 'node:path';
import { type Verified, verify } from '../campaign/verify.js';
import { scenariosOf } from '../host/catalogue.js';
import { didYouMean, oneOf } from '../lab/did-you-mean.js';
import { ComputerError, InputError } from '../model/errors.js';
import type { Scenario } from '../model/scenario.js';
import type { Provider } from '../providers/provider.js';
import { jsonReport } from '../report/json.js';
import { junitReport } from '../report/junit.js';
import { tableReport } from '../report/table.js';
import { tapReport } from '../report/tap.js';
import type { Context } from './context.js';
import { exitCodeOfOutcome } from './exit-code.js';
import type { OpenedLab } from './open-lab.js';
import { paint } from './paint.js';
import { providerOf } from './providers.js';
import { working } from './work.js';

export interface VerifyWords {
  /** All when left empty. */
  readonly scenarios: readonly string[];
  readonly format: string;
  readonly checksOnly: boolean;
}

/** Judges a lab that is up and writes the report to standard output. Returns the verdict's exit code. */
export const verifyLab = async (context: Context, opened: OpenedLab, words: VerifyWords): Promise<number> => {
  const scenarios = words.checksOnly ? [] : await chosenScenarios(opened, words.scenarios);
  const provider = await providerOf(opened.site);
  await assertUp(opened, provider);
  const options = { scenarios, signal: context.signal };
  const verified = await working(context, opened, [], (emit) => verify(opened.site, provider, options, emit));
  context.out(reports[words.format]?.(verified, context) ?? '');
  context.say(`The evidence is in ${relative(context.cwd, verified.folder) || verified.folder}.`);
  return exitCodeOfOutcome(verified.verdict.outcome);
};

/** Throws an InputError when there is no scenario of such a name. */
export const chosenScenarios = async ({ folder, lab }: OpenedLab, names: readonly string[]): Promise<Scenario[]> => {
  const all = await scenariosOf(folder, lab);
  const unknown = names.find((name) => !all.some(({ id }) => id === name));
  if (unknown === undefined) return all.filter(({ id }) => names.length === 0 || names.includes(id));
  const near = didYouMean(
    unknown,
    all.map(({ id }) => id),
  );
  throw new InputError(`This lab has no scenario called ${unknown}.`, {
    hint: near === undefined ? 'quintet verify --list names them all.' : `Did you mean ${near}?`,
  });
};

/** A lab that is not up would only be found wanting: that is the computer's state, not the lab's fault. */
const assertUp = async ({ plan }: OpenedLab, provider: Provider): Promise<void> => {
  const states = await Promise.all(plan.machines.map(async ({ name }) => [name, await provider.state(name)] as const));
  const absent = states.filter(([, state]) => state === 'absent').map(([name]) => name);
  if (absent.length === 0) return;
  throw new ComputerError(`${oneOf(absent, 'and')} ${absent.length === 1 ? 'does' : 'do'} not exist yet.`, {
    hint: 'quintet up brings the lab up.',
  });
};

type Report = (verified: Verified, context: Context) => string;

const reports: Readonly<Record<string, Report>> = {
  table: ({ verdict, run }, { columns, outColor }) => {
    const chalk = paint(outColor);
    // chalk joins all its arguments; a tint takes one, also where it is given to map.
    const tint = (color: 'bold' | 'dim' | 'green' | 'red' | 'yellow') => (text: string) => chalk[color](text);
    const outcomes = { pass: tint('green'), fail: tint('red'), unknown: tint('yellow'), skipped: tint('dim') };
    const styles = { bold: tint('bold'), dim: tint('dim'), ...outcomes };
    return tableReport(verdict, run, { width: columns, paint: styles });
  },
  json: ({ verdict, run }) => jsonReport(verdict, run),
  junit: ({ verdict, run }) => junitReport(verdict, run),
  tap: ({ verdict }) => tapReport(verdict),
};
