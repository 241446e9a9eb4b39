import { release } from 'node:os';
import { run } from '../../host/command.js';
import { readIfAny } from '../../host/files.js';
import { canStart } from '../../host/program.js';
import { ComputerError } from '../../model/errors.js';
import type { Plan } from '../../model/plan.js';
import { networksFile, rangeTrouble } from './host-only-ranges.js';
import type { Hypervisor } from './hypervisors/hypervisor.js';
import { waysToSsh } from './ssh-client.js';
import { versionTrouble } from './versions.js';
import { wslAccessVariable, wslTrouble } from './wsl.js';

/** What a program answers to `--version`; undefined when it is not there. */
const answer = async (argv: readonly string[]): Promise<string | undefined> => {
  try {
    const result = await run(argv, { timeoutMs: 60_000, env: { VAGRANT_CHECKPOINT_DISABLE: '1' } });
    return `${result.stdout}\n${result.exitCode === 0 ? '' : result.stderr}`;
  } catch (error) {
    if (error instanceof ComputerError) return undefined;
    throw error;
  }
};

/** Without the hypervisor there are no machines either. */
export const isInstalled = async (hypervisor: Hypervisor): Promise<boolean> =>
  (await answer(hypervisor.versionCommand())) !== undefined;

/** Throws a ComputerError unless this computer has a Vagrant and a hypervisor that go together, and may have the lab's network. */
export const requireVagrant = async (
  hypervisor: Hypervisor,
  { network }: Pick<Plan, 'network'>,
  networksPath = networksFile,
  kernel = release(),
): Promise<void> => {
  const inWsl =
    hypervisor.provider === 'virtualbox' ? wslTrouble(kernel, Boolean(process.env[wslAccessVariable])) : undefined;
  if (inWsl && !process.env[wslAccessVariable])
    throw new ComputerError(`VirtualBox can't be used here: ${inWsl.what}.`, { hint: `${inWsl.hint}.` });
  const [vagrant, other] = await Promise.all([answer(['vagrant', '--version']), answer(hypervisor.versionCommand())]);
  if (vagrant === undefined) {
    throw new ComputerError('Vagrant was not found on this computer.', {
      hint: 'Install it: https://developer.hashicorp.com/vagrant/install',
    });
  }
  if (other === undefined) {
    throw new ComputerError(`${hypervisor.title} was not found on this computer.`, { hint: hypervisor.missing });
  }
  const trouble = versionTrouble(hypervisor.provider, vagrant, other);
  if (trouble) throw new ComputerError(trouble.what, { hint: trouble.hint });
  if (!(await canStart('ssh', process.env, process.platform))) {
    throw new ComputerError('There is no ssh on this computer, and machines are reached with it.', {
      hint: waysToSsh(process.platform),
    });
  }
  if (hypervisor.provider !== 'virtualbox') return;
  const networksConf = await readIfAny(networksPath).catch(() => undefined);
  const refused = rangeTrouble(network.subnet, { versionText: other, platform: process.platform, networksConf });
  if (refused) throw new ComputerError(`${refused.what}.`, { hint: refused.hint });
};
