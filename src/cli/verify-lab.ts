import { relative } from 'node:path';
import type { RandomCampaign } from '../campaign/random-campaign.js';
import { latestRun, readRecord } from '../campaign/records.js';
import { type Verified, type VerifyOptions, verify } from '../campaign/verify.js';
import { runsToBeSure } from '../check/certainty.js';
import { judgeRecord } from '../check/record.js';
import { scenariosOf } from '../host/catalogue.js';
import { didYouMean, oneOf } from '../lab/did-you-mean.js';
import { ComputerError, InputError, QuintetError } from '../model/errors.js';
import type { VerificationRecord } from '../model/history.js';
import { type Pace, usualPace } from '../model/pace.js';
import type { Scenario, ScheduledScenario, UntilSure } from '../model/scenario.js';
import { scheduled } from '../plan/expectation.js';
import type { Provider } from '../providers/provider.js';
import type { Context } from './context.js';
import { exitCodeOfOutcome, exitCodes } from './exit-code.js';
import type { OpenedLab } from './open-lab.js';
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
  const provider = await providerOf(opened.site);
  await assertUp(opened, provider);
  const { random, retryTimeoutMs = 0, timeoutMs, command = 'quintet verify' } = choice;
  const options = { ...chosen, random, retryTimeoutMs, timeoutMs, command, quintet: version(), signal: context.signal };
  const verified = await working(context, opened, [], (emit) => verify(opened.site, provider, options, emit));
  context.out(reportText(verified, context, words.format));
  sayWhere(context, verified);
  return exitCodeOfOutcome(verified.verdict.outcome);
};

const sayWhere = (context: Context, { folder, unwritten }: Verified): void => {
  const where = relative(context.cwd, folder) || folder;
  if (unwritten === undefined) context.say(`The evidence is in ${where}.`);
  else context.say(`The verdict stands, but its evidence in ${where} is not whole: ${unwritten.message}`);
  if (unwritten instanceof QuintetError && unwritten.hint) context.say(unwritten.hint);
};

type Parts = Pick<VerifyOptions, 'checks' | 'scenariosAt' | 'pace'>;

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
  const all = none ? [] : await chosenScenarios(opened, names);
  const { first, rest } = inTwoParts(all);
  const asked = choice.quick ? first : choice.rest ? rest : all;
  const parts = (checks: boolean, scenarios: readonly Scenario[]): Parts => ({
    checks,
    scenariosAt: (pace) => scenarios.map((each) => repeated(scheduled(each, plan, pace), choice)),
  });
  if (!choice.onlyFailed) return parts(!choice.rest, asked);
  const findings = judgeRecord(await readRecord(await latestRun(folder))).findings;
  const wrong = findings.filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown');
  if (wrong.length === 0) return undefined;
  return parts(
    wrong.some(({ kind }) => kind === 'check'),
    asked.filter((scenario) => wrong.some(({ kind, id }) => kind === 'scenario' && id === scenario.id)),
  );
};

const repeated = (scenario: ScheduledScenario, { repeat, untilSure }: VerifyChoice): ScheduledScenario =>
  untilSure === undefined
    ? { ...scenario, repeat: repeat ?? scenario.repeat }
    : { ...scenario, repeat: runsToBeSure(untilSure), untilSure };

/** The scenarios of the first look, and the others. Where none is marked there is nothing to choose: all are played at once. */
export const inTwoParts = (
  scenarios: readonly Scenario[],
): { readonly first: readonly Scenario[]; readonly rest: readonly Scenario[] } => {
  const marked = scenarios.filter(({ firstLook }) => firstLook);
  if (marked.length === 0) return { first: scenarios, rest: [] };
  return { first: marked, rest: scenarios.filter(({ firstLook }) => !firstLook) };
};

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
