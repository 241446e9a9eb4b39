import { relative } from 'node:path';
import { readOpenFaults } from '../campaign/open-faults.js';
import type { RandomCampaign } from '../campaign/random-campaign.js';
import { latestRun, readRecord } from '../campaign/records.js';
import { type Verified, type VerifyOptions, verify } from '../campaign/verify.js';
import { runsToBeSure } from '../check/certainty.js';
import { unknown } from '../check/judgement.js';
import { judgeRecord } from '../check/record.js';
import { hasScenarios, type Scenarios, scenariosOf, type WrongScenario } from '../host/catalogue.js';
import { didYouMean, oneOf } from '../lab/did-you-mean.js';
import { ComputerError, InputError, InterruptedError, QuintetError } from '../model/errors.js';
import { faultWords } from '../model/fault-words.js';
import type { VerificationRecord } from '../model/history.js';
import { type Pace, usualPace } from '../model/pace.js';
import type { ScheduledScenario, UntilSure } from '../model/scenario.js';
import type { Finding } from '../model/verdict.js';
import { scheduled } from '../plan/expectation.js';
import type { Provider } from '../providers/provider.js';
import type { Context } from './context.js';
import { exitCodeOfOutcome, exitCodes } from './exit-code.js';
import { type OpenedLab, problemsError } from './open-lab.js';
import { providerOf } from './providers.js';
import { reportText } from './report-text.js';
import { runFolder } from './run-folder.js';
import { version } from './version.js';
import { working } from './work.js';

export interface VerifyWords {
  /** All when left empty. */
  readonly scenarios: readonly string[];
  readonly format: string;
  /** What was asked for beside that. */
  readonly choice?: VerifyChoice;
}

/** What is played, and how long it may take; durations in milliseconds. */
export interface VerifyChoice {
  readonly checksOnly?: boolean;
  /** The first look: the checks, and the scenarios that are marked for it. */
  readonly quick?: boolean;
  /** What the first look leaves out: the other scenarios, and no checks. */
  readonly rest?: boolean;
  /** Only what did not pass the last time. */
  readonly onlyFailed?: boolean;
  /** Instead of each scenario's own. */
  readonly repeat?: number | undefined;
  /** Instead of a number of times. */
  readonly untilSure?: UntilSure | undefined;
  readonly random?: RandomCampaign | undefined;
  /** A record (or its folder) whose scenarios are played again. */
  readonly replay?: string | undefined;
  readonly retryTimeoutMs?: number | undefined;
  readonly timeoutMs?: number | undefined;
  /** The command line that does it again. */
  readonly command?: string;
}

/** Judges a lab that is up and writes the report to standard output. Returns the verdict's exit code. */
export const verifyLab = async (context: Context, opened: OpenedLab, words: VerifyWords): Promise<number> => {
  const choice = words.choice ?? {};
  const chosen = await chosenParts(context, opened, words.scenarios, choice);
  if (chosen === undefined) {
    context.say('The last time nothing failed: there is nothing to do again.');
    return exitCodes.passed;
  }
  const { random, retryTimeoutMs = 0, timeoutMs, command = 'quintet verify' } = choice;
  const verified = await verifyShown(context, opened, { ...chosen, random, retryTimeoutMs, timeoutMs, command });
  context.out(reportText(verified, context, words.format));
  sayWhere(context, verified);
  return exitCodeOfOutcome(verified.verdict.outcome);
};

/** Verifies a lab that is up, with its progress shown. */
export const verifyShown = async (
  context: Context,
  opened: OpenedLab,
  what: Omit<VerifyOptions, 'quintet' | 'signal'>,
): Promise<Verified> => {
  const provider = await providerOf(opened.site);
  await assertUp(opened, provider);
  const options = { ...what, quintet: version(), signal: context.signal };
  return working(context, opened, [], (_, stream) => verify(opened.site, provider, options, stream)).catch(
    async (error: unknown) => {
      throw error instanceof InterruptedError ? await brokenOff(opened, what.command) : error;
    },
  );
};

/** Every fault has been undone then, unless a machine would not let it. */
const brokenOff = async ({ folder }: OpenedLab, command: string): Promise<InterruptedError> => {
  const open = await readOpenFaults(folder).catch(() => []);
  const left = open.map((fault) => `${faultWords(fault)} on ${fault.machine}`);
  if (left.length === 0) {
    return new InterruptedError('Interrupted: no verdict, and no fault is left in place.', {
      hint: `${command} begins again.`,
    });
  }
  return new InterruptedError(`Interrupted: no verdict, and still in place: ${left.join(', ')}.`, {
    hint: `quintet heal undoes that; then ${command} begins again.`,
  });
};

export const sayWhere = (context: Context, { folder, unwritten }: Verified): void => {
  const where = relative(context.cwd, folder) || folder;
  if (unwritten === undefined) context.say(`The evidence is in ${where}.`);
  else context.say(`The verdict stands, but its evidence in ${where} is not whole: ${unwritten.message}`);
  if (unwritten instanceof QuintetError && unwritten.hint) context.say(unwritten.hint);
};

type Parts = Pick<VerifyOptions, 'checks' | 'scenariosAt' | 'foundBefore' | 'pace'>;

/** What is to be checked and played; undefined when only what failed was asked for and nothing did. */
const chosenParts = async (
  context: Context,
  opened: OpenedLab,
  names: readonly string[],
  choice: VerifyChoice,
): Promise<Parts | undefined> => {
  const { folder, plan } = opened;
  if (choice.replay !== undefined) {
    const record = await readRecord(await runFolder(context, choice.replay));
    return { checks: true, scenariosAt: () => scenariosIn(record), pace: paceIn(record) };
  }
  const none = choice.checksOnly || (choice.random && names.length === 0);
  const all = none ? { scenarios: [], wrong: [] } : await chosenScenarios(context, opened, names);
  const { first, rest } = inTwoParts(all);
  const asked = choice.quick ? first : choice.rest ? rest : all;
  sayWrong(context, all.wrong);
  const parts = (checks: boolean, { scenarios, wrong }: Scenarios): Parts => ({
    checks,
    foundBefore: wrong.map((each) => unreadable(folder, each)),
    scenariosAt: (pace) => scenarios.map((each) => repeated(scheduled(each, plan, pace), choice)),
  });
  if (!choice.onlyFailed) return parts(!choice.rest, asked);
  const findings = judgeRecord(await readRecord(await latestRun(folder))).findings;
  const wrong = findings.filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown');
  if (wrong.length === 0) return undefined;
  const again = ({ id }: { readonly id: string }) => wrong.some((each) => each.kind === 'scenario' && each.id === id);
  return parts(
    wrong.some(({ kind }) => kind === 'check'),
    { scenarios: asked.scenarios.filter(again), wrong: asked.wrong.filter(again) },
  );
};

const repeated = (scenario: ScheduledScenario, { repeat, untilSure }: VerifyChoice): ScheduledScenario =>
  untilSure === undefined
    ? { ...scenario, repeat: repeat ?? scenario.repeat }
    : { ...scenario, repeat: runsToBeSure(untilSure), untilSure };

export const sayWrong = (context: Context, wrong: readonly WrongScenario[]): void => {
  for (const each of wrong) context.say(wrongWords(context, each));
};

const wrongWords = (context: Context, { file, problems }: WrongScenario): string =>
  problemsError(problems, file.text, relative(context.cwd, file.file) || file.file, context).message;

/** What a scenario would have shown is not known, so a lab does not pass without it. */
export const unreadable = (folder: string, { id, file, problems }: WrongScenario): Finding => {
  const [{ line, message } = { line: 1, message: "it can't be read" }, ...others] = problems;
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return {
    kind: 'scenario',
    id,
    title: id,
    ...unknown(`it can't be played as it is written: ${relative(folder, file.file)}:${line}: ${message}${more}`),
  };
};

/** The scenarios of the first look, and the others. Where none is marked there is nothing to choose: all are played at once. */
export const inTwoParts = (all: Scenarios): { readonly first: Scenarios; readonly rest: Scenarios } => {
  const part = (first: boolean): Scenarios => ({
    scenarios: all.scenarios.filter(({ firstLook = false }) => firstLook === first),
    wrong: all.wrong.filter(({ firstLook }) => firstLook === first),
  });
  const [first, rest] = [part(true), part(false)];
  return countOf(first) === 0 ? { first: all, rest: first } : { first, rest };
};

export const countOf = ({ scenarios, wrong }: Scenarios): number => scenarios.length + wrong.length;

/** What the bounds of a record's scenarios were made for. */
const paceIn = (record: VerificationRecord): Pace => {
  const started = record.find((event) => event.type === 'verification-started');
  return started?.environment.pace ?? usualPace;
};

/** The scenarios that a record holds runs of, once each. */
const scenariosIn = (record: VerificationRecord): ScheduledScenario[] => {
  const all = record.flatMap((event) => (event.type === 'run-started' ? [event.scenario] : []));
  return all.filter(({ id }, index) => all.findIndex((other) => other.id === id) === index);
};

/** All when none is named. Throws an InputError when there is no scenario of such a name, or the one that is has mistakes. */
export const chosenScenarios = async (
  context: Context,
  { folder, lab }: OpenedLab,
  names: readonly string[],
): Promise<Scenarios> => {
  if (!hasScenarios(folder)) context.say('This lab has no folder scenarios: those that Quintet ships are played.');
  const all = await scenariosOf(folder, lab);
  if (names.length === 0) return all;
  const mistaken = all.wrong.filter(({ id }) => names.includes(id));
  if (mistaken.length > 0) throw new InputError(mistaken.map((each) => wrongWords(context, each)).join('\n\n'));
  const known = all.scenarios.map(({ id }) => id);
  const missing = names.find((name) => !known.includes(name));
  if (missing === undefined) return { scenarios: all.scenarios.filter(({ id }) => names.includes(id)), wrong: [] };
  const near = didYouMean(missing, known);
  throw new InputError(`This lab has no scenario called ${missing}.`, {
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
