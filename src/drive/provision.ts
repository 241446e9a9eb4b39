import { InputError, MachineError } from '../model/errors.js';
import type { Emit } from '../model/events.js';
import type { LabSite, Provider } from '../providers/provider.js';
import { filesFor } from './machine-inputs.js';

/** Where a machine's files are put inside the machine, for as long as they are needed: keys and passwords are among them. */
export const stage = '/var/lib/quintet/stage';

/** What `provisionScript` exits with when an earlier provision does not come to an end. */
const busy = 75;

/**
 * Editors on Windows (and git there) end lines with CR and LF, which shells and daemons stumble over. In the machine, since
 * that is where every way to it ends: whatever is text (has no NUL byte) loses its CRs. The lab's Vagrantfile does the
 * same.
 */
export const plainLineEnds = (folder: string): string =>
  `LC_ALL=C grep -rlIZP '\\r$' ${folder} | xargs -0 -r sed -i 's/\\r$//'`;

/**
 * A Quintet that was killed may have left its provision running in the machine: the next one waits for it (and says so),
 * for two at a time would fight over the package database. `lock` is a file inside the machine. The files go when this ends,
 * unless others have taken their place meanwhile.
 */
export const provisionScript = (folder: string, lock = '/run/quintet-provision.lock', waitS = 600): string =>
  [
    `exec 9>${lock}`,
    `if ! flock --nonblock 9; then`,
    `  echo '==> Waiting for an earlier provision of this machine to end'`,
    `  flock --timeout ${waitS} 9 || exit ${busy}`,
    'fi',
    plainLineEnds(folder),
    `exec 8<${folder}`,
    `trap 'if [[ /dev/fd/8 -ef ${folder} ]]; then rm -rf ${folder}; fi' EXIT`,
    `bash ${folder}/provision.sh`,
  ].join('\n');

/** The longest a provision may take: packages over a slow line, on a slow laptop. */
const limitMs = 30 * 60_000;

/** Sends a machine its own files and runs its provision.sh. Throws a MachineError when that fails. */
export const provision = async (
  site: LabSite,
  provider: Provider,
  machine: string,
  emit: Emit,
  signal?: AbortSignal,
): Promise<void> => {
  const files = filesFor(site, machine);
  if (!files.has('provision.sh')) throw noFiles(machine);
  await provider.upload(machine, files, stage);
  const result = await provider.exec(machine, ['bash', '-c', provisionScript(stage)], {
    timeoutMs: limitMs,
    onLine: (line) => emit({ type: 'output', machine, line }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (result.exitCode === 0) return;
  const why = reasons.get(result.exitCode) ?? `failed with exit code ${result.exitCode}`;
  throw new MachineError(machine, `${machine}: provision.sh ${why}.`, {
    hint: `quintet logs ${machine} shows all of it; quintet up resumes there.`,
    cause: { exitCode: result.exitCode },
  });
};

const reasons = new Map([
  [busy, 'could not begin: an earlier one is still running'],
  [124, 'took longer than half an hour'],
]);

const noFiles = (machine: string): InputError =>
  new InputError(`machines/${machine}/provision.sh is missing.`, {
    hint: 'quintet generate writes it again from lab.yaml.',
  });
