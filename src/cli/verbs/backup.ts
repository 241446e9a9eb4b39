import { askBackups, backUp } from '../../campaign/restore.js';
import { InputError } from '../../model/errors.js';
import type { Plan } from '../../model/plan.js';
import { backupWords } from '../../roles/backup-state.js';
import type { RunVerb } from '../context.js';
import { openLab } from '../open-lab.js';
import { providerOf } from '../providers.js';
import { working } from '../work.js';

/** The machine that keeps the backups; an InputError where a lab has none. */
export const backupMachine = ({ machines }: Plan): string => {
  const machine = machines.find(({ roles }) => roles.includes('backup'))?.name;
  if (machine !== undefined) return machine;
  throw new InputError('This lab has no backup server.', {
    hint: 'additional: backup in lab.yaml makes one of the five machines its backup server; quintet init --lab backed-up has one.',
  });
};

/** A base backup now, beside those that are made by themselves. */
export const backup: RunVerb = async (context) => {
  const opened = await openLab(context);
  const machine = backupMachine(opened.plan);
  const ground = { plan: opened.plan, provider: await providerOf(opened.site) };
  await working(context, opened, [], async () => {
    context.say(`Making a base backup on ${machine}, and restoring it once …`);
    await backUp(ground);
    context.say(backupWords(machine, await askBackups(ground)));
  });
  return undefined;
};
