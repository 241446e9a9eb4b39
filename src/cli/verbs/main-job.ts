import { relative, resolve } from 'node:path';
import { isLab } from '../../host/lab-folder.js';
import { InputError } from '../../model/errors.js';
import { bringUp } from '../bring-up.js';
import type { Context, RunVerb } from '../context.js';
import { nearestLab } from '../lab-folder-of.js';
import { openLab } from '../open-lab.js';
import { verifyLab } from '../verify-lab.js';
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
const everything = { scenarios: [], format: 'table', choice: { retryTimeoutMs: 15_000 } } as const;

const withoutQuestions = async (context: Context): Promise<number> => {
  const inLab = { ...context, labDir: await labToGoOnWith(context) };
  const opened = await openLab(inLab);
  await bringUp(inLab, opened, []);
  const code = await verifyLab(inLab, opened, everything);
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
  const { wizard } = await import('../wizard/wizard.js');
  const nearest = await nearestLab(context);
  const folder = nearest ?? (await wizard(context, { folder: context.labDir }));
  said(context, folder, nearest === undefined ? 'Wrote the lab to' : 'You are in the lab in');
  const inLab = { ...context, labDir: folder };
  const opened = await openLab(inLab);
  const prompts = await context.prompts();
  const up = { message: 'Bring the lab up now? (the first time takes a minute or more)', default: true };
  if (!(await prompts.confirm(up))) return void context.say(next(context, folder));
  await bringUp(inLab, opened, []);
  const verify = { message: 'Verify it now? (checks, then two dozen faults; two or three minutes)', default: true };
  const code = (await prompts.confirm(verify)) ? await verifyLab(inLab, opened, everything) : undefined;
  context.say(next(context, folder));
  return code;
};

const next = (context: Context, folder: string): string => {
  const there = relative(context.cwd, folder);
  const go = there === '' ? '' : `cd ${there}, then `;
  // Started by npm in a clone, there is no command called quintet yet.
  const first = context.env.npm_lifecycle_event === 'start' ? 'npm link (makes the command quintet), then ' : '';
  return `Next: ${first}${go}quintet status, quintet open, quintet ssh lb1; quintet destroy removes the machines.`;
};
