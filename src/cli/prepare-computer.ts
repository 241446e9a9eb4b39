import { commandLine, run } from '../host/command.js';
import { ComputerError } from '../model/errors.js';
import type { Plan } from '../model/plan.js';
import { traitsOf } from '../model/provider-traits.js';
import { installCommand, missingPackages } from '../providers/container/host-packages.js';
import type { Context } from './context.js';
import { showing } from './work.js';

/** Makes sure that this computer has what the lab's provider needs. */
export const prepareComputer = async (context: Context, plan: Plan): Promise<void> => {
  if (traitsOf(plan).madeBy !== 'quintet' || process.platform !== 'linux') return;
  await installPackages(context, await missingPackages(), 'containers need');
};

/** Installs Debian packages as root, after --yes or a yes; `purpose` is who needs them: `containers need`. */
export const installPackages = async (
  context: Context,
  packages: readonly string[],
  purpose: string,
): Promise<void> => {
  if (packages.length === 0) return;
  if (!(await mayInstall(context, packages))) throw lacking(packages, purpose);
  await showing(context, [], async (emit) => {
    const step = `installing ${packages.join(', ')}`;
    const startedMs = performance.now();
    const apt = (argv: readonly string[]) =>
      run(argv, {
        env: { DEBIAN_FRONTEND: 'noninteractive' },
        timeoutMs: 900_000,
        signal: context.signal,
        onLine: (line) => emit({ type: 'output', line }),
      });
    emit({ type: 'step-started', step });
    // A fresh system has no package lists yet. Old ones may do, so only the installation itself must succeed.
    await apt(['apt-get', 'update']);
    const result = await apt(installCommand(packages));
    if (result.exitCode !== 0) throw failed(packages, result.stderr || result.stdout);
    emit({ type: 'step-done', step, tookMs: performance.now() - startedMs });
  });
};

const mayInstall = async (context: Context, packages: readonly string[]): Promise<boolean> => {
  if (process.getuid?.() !== 0) return false;
  if (context.yes) return true;
  if (!context.interactive) return false;
  const prompts = await context.prompts();
  return prompts.confirm({ message: `This computer lacks ${packages.join(', ')}. Install now?`, default: true });
};

const lacking = (packages: readonly string[], purpose: string): ComputerError =>
  new ComputerError(`This computer lacks packages that ${purpose}: ${packages.join(', ')}.`, {
    hint: `sudo ${commandLine(installCommand(packages))}\nor run the same command as root with --yes, which installs them.`,
  });

const failed = (packages: readonly string[], words: string): ComputerError =>
  new ComputerError(
    `${packages.join(', ')} could not be installed:\n${words.trim().split('\n').slice(-6).join('\n')}`,
    {
      hint: 'Mend what apt-get says, and then the same command again goes on.',
    },
  );
