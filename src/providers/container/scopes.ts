import { setTimeout as delay } from 'node:timers/promises';
import { run } from '../../host/command.js';
import { ComputerError } from '../../model/errors.js';
import { hierarchies, systemdOwnsCgroups } from './cgroups.js';

/** Whether a machine's group has to be a scope that this computer's systemd made. */
export const needsScopes = async (): Promise<boolean> => systemdOwnsCgroups(await hierarchies());

/** The scopes whose names start with `prefix`, without `.scope`; also those that have lost their processes. */
export const scopesCalled = async (prefix: string): Promise<string[]> => {
  if (!(await needsScopes())) return [];
  const { stdout } = await run(['systemctl', 'list-units', '--all', '--plain', '--no-legend', `${prefix}*.scope`]);
  const names = stdout.split('\n').map((line) => line.split(' ')[0] ?? '');
  return names.filter((name) => name.endsWith('.scope')).map((name) => name.slice(0, -'.scope'.length));
};

const isLoaded = async (unit: string): Promise<boolean> => {
  const { stdout } = await run(['systemctl', 'show', '--property=LoadState', '--value', unit]);
  return stdout.trim() !== 'not-found';
};

/**
 * Gives a scope back to systemd once its processes are dead. Only systemd may do that: if its group is removed behind its
 * back it believes in it for ever, and no new scope can have the name.
 */
export const releaseScope = async (name: string): Promise<void> => {
  if (!(await needsScopes())) return;
  const unit = `${name}.scope`;
  const until = Date.now() + 5000;
  while (await isLoaded(unit)) {
    await run(['systemctl', 'stop', unit], { timeoutMs: 5000 });
    await run(['systemctl', 'reset-failed', unit]);
    if (Date.now() > until) throw new ComputerError(`systemd keeps ${unit}, though its processes are gone.`);
    await delay(10);
  }
};
