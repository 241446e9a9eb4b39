import { interruptible } from '../../campaign/interruptible.js';
import { heal } from '../../campaign/open-faults.js';
import { bring } from '../../drive/bring.js';
import { restoreSnapshot } from '../../drive/restore-snapshot.js';
import { saveSnapshot } from '../../drive/save-snapshot.js';
import { listSnapshots, provisionedName } from '../../drive/snapshots.js';
import { systemClock } from '../../host/clock.js';
import { InterruptedError } from '../../model/errors.js';
import type { Provider } from '../../providers/provider.js';
import { bringUp } from '../bring-up.js';
import { confirmLoss } from '../confirm-loss.js';
import type { Context, RunVerb } from '../context.js';
import { generateLab } from '../generate-lab.js';
import { healAround, healIfPossible } from '../heal-around.js';
import { type OpenedLab, openLab } from '../open-lab.js';
import { prepareComputer } from '../prepare-computer.js';
import { providerOf } from '../providers.js';
import { chosen, locked, working } from '../work.js';

/** Some machines may be as they were, and others not there. */
const hint = 'quintet reset begins again; quintet up brings the machines up as they are.';

export const reset: RunVerb = async (context) => {
  const opened = await openLab(context);
  const provider = await providerOf(opened.site);
  await confirmLoss(context, {
    would: `This would put every machine of the lab in ${opened.folder} back; what they hold now is lost.`,
    question: `Put every machine of the lab in ${opened.folder} back to just provisioned? What they hold now is lost.`,
    kept: 'Nothing was changed.',
  });
  try {
    if (await isSaved(context, opened, provider)) await restore(context, opened, provider);
    else await buildAnew(context, opened, provider);
  } catch (error) {
    throw error instanceof InterruptedError ? new InterruptedError(error.message, { hint }) : error;
  }
  context.say('The lab is as it was when it had just been provisioned.');
  return undefined;
};

/** What a running machine's snapshot takes at the most until it is on the disk for good, and listed. */
const settledWithinMs = 60_000;
const againMs = 250;

/** Whether there is a snapshot of all machines that the lab is to have. One that `up` took just now is waited for. */
const isSaved = async (context: Context, { site, plan }: OpenedLab, provider: Provider): Promise<boolean> => {
  for (let waits = false; ; waits = true) {
    const found = (await listSnapshots({ site, provider })).find(({ name }) => name === provisionedName);
    if (found === undefined || !plan.machines.every(({ name }) => found.machines.includes(name))) return false;
    if (found.lacking.length === 0) return true;
    const settles = provider.snapshots?.saveRunning !== undefined;
    if (!settles || Date.now() - Date.parse(found.takenAt) > settledWithinMs) return false;
    if (!waits) context.say(`Waiting until the snapshot ${provisionedName} is on the disk for good.`);
    await interruptible({ interrupted: context.signal }, () => systemClock.sleep(againMs, context.signal));
  }
};

const restore = (context: Context, opened: OpenedLab, provider: Provider): Promise<void> => {
  const { site } = opened;
  return working(context, opened, chosen(opened.plan, []), (emit) =>
    healAround(site, provider, emit, () =>
      restoreSnapshot({ site, provider, emit, signal: context.signal }, provisionedName, { startAll: true }),
    ),
  );
};

/**
 * Slow but sure, and the last time: the next reset finds the snapshot. Nothing is destroyed before all is there that the lab is
 * built from: what this computer needs, the files, and what the machines are made of.
 */
const buildAnew = async (context: Context, opened: OpenedLab, provider: Provider): Promise<void> => {
  const { site } = opened;
  context.say(`There is no snapshot called ${provisionedName} of all machines yet: the lab is built anew.`);
  const machines = chosen(opened.plan, []);
  await prepareComputer(context, opened.plan);
  await locked(context, opened, () => generateLab(context, opened, {}));
  await working(context, opened, [], async (emit) => provider.materials?.(emit, context.signal));
  await working(context, opened, machines, async (emit) => {
    await healIfPossible(site, provider, emit);
    await bring(site, provider, 'absent', [], emit, { signal: context.signal });
  });
  await bringUp(context, opened, []);
  // Bringing it up has saved it already, where that is cheap.
  if (provider.snapshots?.saveRunning !== undefined) return;
  await working(context, opened, machines, async (emit) => {
    await heal(site, provider, emit);
    await saveSnapshot({ site, provider, emit, signal: context.signal }, provisionedName);
  });
};
