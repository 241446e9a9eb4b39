import { relative, resolve } from 'node:path';
import { isLab } from '../../host/lab-folder.js';
import { InputError } from '../../model/errors.js';
import { bringUp } from '../bring-up.js';
import { buildAhead } from '../build-ahead.js';
import type { Context, RunVerb } from '../context.js';
import { exitCodes } from '../exit-code.js';
import { nearestLab } from '../lab-folder-of.js';
import { type OpenedLab, openLab } from '../open-lab.js';
import type { Prompts } from '../prompts.js';
import { chosenScenarios, countOf, inTwoParts, type VerifyWords, verifyLab } from '../verify-lab.js';
import { defaultFolder } from '../wizard/defaults.js';
import { initByDefault } from './init.js';

/** `quintet` without a verb: a lab, brought up and verified; with questions in a terminal, without any after --yes. */
export const mainJob: RunVerb = async (context) => {
  if (context.yes) return withoutQuestions(context);
  if (context.interactive) return withQuestions(context);
  throw new InputError('Quintet asks questions first, and there is nobody to ask here (no terminal, or CI is set).', {
    hint: 'quintet --yes does the whole main job with the defaults; quintet --help lists the verbs.',
  });
};

/** What came up just now may need a moment more before it answers as it will. */
const firstLook: VerifyWords = {
  scenarios: [],
  format: 'table',
  choice: { quick: true, retryTimeoutMs: 15_000, command: 'quintet verify --quick' },
};
const rest: VerifyWords = {
  scenarios: [],
  format: 'table',
  choice: { rest: true, command: 'quintet verify --all' },
};

const scenarios = async (context: Context, opened: OpenedLab) => {
  const { first, rest: others } = inTwoParts(await chosenScenarios(context, opened, []));
  return { first: countOf(first), rest: countOf(others) };
};

const counted = (count: number): string => `${count} scenario${count === 1 ? '' : 's'}`;

const withoutQuestions = async (context: Context): Promise<number> => {
  const inLab = { ...context, labDir: await labToGoOnWith(context) };
  const opened = await openLab(inLab);
  await bringUp(inLab, opened, []);
  const code = await verifyLab(inLab, opened, firstLook);
  const { first, rest: others } = await scenarios(inLab, opened);
  if (others > 0) {
    const all = counted(first + others);
    context.say(`That was a first look: the checks and ${first} of ${all}. quintet verify --all plays them all.`);
  }
  context.say(next(context, opened.folder));
  return code;
};

/** The lab that is there already, or a new one with the defaults. */
const labToGoOnWith = async (context: Context): Promise<string> => {
  const nearest = await nearestLab(context);
  if (nearest !== undefined) return said(context, nearest, 'Going on with the lab in');
  const folder = resolve(context.cwd, context.labDir ?? defaultFolder);
  if (await isLab(folder)) return said(context, folder, 'Going on with the lab in');
  return said(context, await initByDefault(context, { folder, settings: [] }), 'Made a lab with the defaults in');
};

const said = (context: Context, folder: string, words: string): string => {
  context.say(`${words} ${relative(context.cwd, folder) || '.'}.`);
  return folder;
};

const withQuestions = async (context: Context): Promise<number | undefined> => {
  const { inLab, opened, isUp } = await broughtUpByAsking(context);
  const code = isUp ? await verifyInTwoParts(inLab, opened, await context.prompts()) : undefined;
  context.say(next(context, opened.folder));
  return code;
};

/** What the machines are made of is built while a person answers; nothing of it goes on beside a verification. */
const broughtUpByAsking = async (context: Context) => {
  const nearest = await nearestLab(context);
  const ahead = nearest === undefined ? await buildAhead(context) : undefined;
  try {
    const { wizard } = await import('../wizard/wizard.js');
    const folder = nearest ?? (await wizard(context, { folder: context.labDir }));
    said(context, folder, nearest === undefined ? 'Wrote the lab to' : 'You are in the lab in');
    const inLab = { ...context, labDir: folder };
    const opened = await openLab(inLab);
    const prompts = await context.prompts();
    const up = { message: 'Bring the lab up now? (the first time takes a minute or more)', default: true };
    const isUp = await prompts.confirm(up);
    if (isUp) await bringUp(inLab, opened, []);
    return { inLab, opened, isUp };
  } finally {
    await ahead?.end();
  }
};

/** A first look soon, and then the rest for who wants it. The worse of both verdicts counts. */
const verifyInTwoParts = async (context: Context, opened: OpenedLab, prompts: Prompts): Promise<number | undefined> => {
  const looked = counted((await scenarios(context, opened)).first);
  const message = `Verify it now? (a first look: the checks, then ${looked}; about a minute)`;
  if (!(await prompts.confirm({ message, default: true }))) return undefined;
  const seen = await verifyLab(context, opened, firstLook);
  const others = (await scenarios(context, opened)).rest;
  if (others === 0) return seen;
  const more = { message: `Play the other ${counted(others)} now? (two or three minutes)`, default: true };
  if (await prompts.confirm(more)) return worse(seen, await verifyLab(context, opened, rest));
  context.say('quintet verify --all plays all of them.');
  return seen;
};

/** Of two verdicts' exit codes; a fail is never hidden by what could not be found out. */
const worse = (one: number, other: number): number =>
  [exitCodes.failed, exitCodes.unknown].find((code) => code === one || code === other) ?? one;

const next = (context: Context, folder: string): string => {
  const there = relative(context.cwd, folder);
  const go = there === '' ? '' : `cd ${there}, then `;
  // Started by npm in a clone, there is no command called quintet yet.
  const first = context.env.npm_lifecycle_event === 'start' ? 'npm link (makes the command quintet), then ' : '';
  return `Next: ${first}${go}quintet status, quintet open, quintet ssh lb1; quintet destroy removes the machines.`;
};
