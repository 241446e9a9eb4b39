import { run } from '../../host/command.js';
import { readIfAny } from '../../host/files.js';
import { ComputerError } from '../../model/errors.js';
import type { Emit } from '../../model/events.js';
import type { LabSite } from '../provider.js';
import { firstProcess } from './enter.js';
import { stopMachine } from './machine.js';
import { groupName } from './names.js';

/**
 * A machine can't open more files than what started it may, unless that may raise its own limit (CAP_SYS_RESOURCE). Programs in the
 * machine get theirs from its first process.
 */

/** HAProxy needs two for each connection that its maxconn allows, and is told of no others. */
export const neededFiles = 4096;
/** What systemd gives services, where it may. */
const usualFiles = 524_288;

const limitOf = async (pid: number | 'self'): Promise<number> => {
  const found = /^Max open files +\S+ +(\d+|unlimited)/m.exec((await readIfAny(`/proc/${pid}/limits`)) ?? '');
  return found === null || found[1] === 'unlimited' ? usualFiles : Number(found[1]);
};

const canRaise = async (files: number): Promise<boolean> =>
  (await run(['prlimit', `--nofile=${files}:${files}`, 'true'])).exitCode === 0;

/** Why machines can't open as many files as they need; undefined when they can. */
export const tooFewFiles = async (): Promise<string | undefined> => {
  const most = await limitOf('self');
  if (most >= neededFiles || (await canRaise(neededFiles))) return undefined;
  return `no more than ${most.toLocaleString('en-US')} files may be open here, and HAProxy needs ${neededFiles.toLocaleString('en-US')}`;
};

export const moreFiles = `ulimit -Hn tells how many; a login of root's own usually may open more (in Docker: --ulimit nofile=${neededFiles})`;

export const requireFiles = async (): Promise<void> => {
  const why = await tooFewFiles();
  if (why !== undefined) throw new ComputerError(`Machines can't run here: ${why}.`, { hint: `${moreFiles}.` });
};

/** Lets a machine that runs open as many files as one that is started now; false where that may not be done. */
const raise = async (pid: number): Promise<boolean> =>
  (await run(['prlimit', '--pid', String(pid), `--nofile=${usualFiles}:${usualFiles}`])).exitCode === 0;

/** Machines that were started where fewer files than they need may be open get more; those that can't are stopped, to be started anew. */
export const raiseFiles = async (site: LabSite, emit: Emit): Promise<void> => {
  for (const { name } of site.plan.machines) {
    const init = await firstProcess(groupName(site, name));
    const most = init === undefined ? neededFiles : await limitOf(init);
    if (init === undefined || most >= neededFiles || (await raise(init))) continue;
    emit({
      type: 'note',
      text: `${name} was started where no more than ${most} files may be open: it is started anew.`,
    });
    await stopMachine(site, name, emit);
  }
};
