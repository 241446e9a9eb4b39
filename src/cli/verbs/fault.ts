import { gatherHolders } from '../../campaign/checks/gather-holders.js';
import { impossible, type OpenFault } from '../../campaign/faults/fault-table.js';
import { byHand, makeFault, undoFault } from '../../campaign/open-faults.js';
import { targetOf } from '../../campaign/targets.js';
import { turnOf } from '../../campaign/turns.js';
import { systemClock } from '../../host/clock.js';
import { ComputerError, InputError } from '../../model/errors.js';
import { faultWords } from '../../model/fault-words.js';
import { faultKindRow, faultKinds, vipHolder, vipStandby } from '../../model/scenario.js';
import { sentence } from '../../model/sentence.js';
import type { Provider } from '../../providers/provider.js';
import { type Context, flag, optionalArgument, type RunVerb } from '../context.js';
import { faultFlags, faultSettings } from '../fault-settings.js';
import { durationOption } from '../number-options.js';
import { type OpenedLab, openLab, requireMachines } from '../open-lab.js';
import { providerOf } from '../providers.js';
import { tableOf } from '../table-of.js';
import { working } from '../work.js';

export const fault: RunVerb = async (context, words) => {
  if (flag(words, 'list')) return list(context);
  const [target, kind] = [optionalArgument(words, 'machine'), optionalArgument(words, 'kind')];
  if (target === undefined || kind === undefined) {
    throw new InputError(`Which ${target === undefined ? 'machine, and which fault' : 'fault'}?`, {
      hint: 'Such as: quintet fault lb1 power-cut; quintet fault --list shows all of them.',
    });
  }
  const settings = faultSettings(kind, words);
  const forMs = durationOption(words, 'for');
  const { momentary } = faultKindRow(settings.fault);
  if (momentary && forMs !== undefined) {
    throw new InputError(`${settings.fault} is over at once: it takes no --for.`);
  }
  const opened = await openLab(context);
  const provider = await providerOf(opened.site);
  const { site } = opened;
  await working(context, opened, [], async (emit) => {
    const open: OpenFault = { machine: await machineFor(opened, provider, target), ...settings };
    await assertPossible(opened, provider, open);
    const make = () => byHand(emit, { type: 'fault', ...open }, () => makeFault(site, provider, open));
    if (!momentary && forMs === undefined) {
      await make();
      return context.say('It stays until it is undone: quintet heal');
    }
    const quietly = () => undoFault(site, provider, open);
    const undo = momentary ? quietly : () => byHand(emit, { type: 'heal', ...open }, quietly);
    await passing(context, { forMs: forMs ?? 0, make, undo, what: `${faultWords(open)} on ${open.machine}` });
  });
  return undefined;
};

const list = (context: Context): undefined => {
  const rows = faultKinds.map((kind) => [kind, faultKindRow(kind).words, faultFlags(kind)]);
  context.out(tableOf(['fault', 'what it does', 'what it takes'], rows, context));
  return undefined;
};

/** The machine that was named, by its name, by a role or by the VIP; it must run. */
const machineFor = async ({ plan }: OpenedLab, provider: Provider, target: string): Promise<string> => {
  const byVip = target === vipHolder || target === vipStandby;
  const byRole = plan.machines.some(({ roles }) => roles.some((role) => role === target));
  const turn = await turnOf({ plan, provider }, target);
  if (!byVip && !byRole && !('live' in turn)) requireMachines(plan, [target]);
  const now = byVip ? (await gatherHolders({ plan, provider })).holders : [];
  const machine = targetOf(target, plan, { now, first: now, ...turn });
  const state = await provider.state(machine);
  if (state === 'running') return machine;
  if (state === 'paused') throw new ComputerError(`${machine} is paused.`, { hint: 'quintet heal lets it go on.' });
  throw new ComputerError(`${machine} does not run.`, { hint: `quintet up ${machine} brings it up.` });
};

const assertPossible = async ({ plan }: OpenedLab, provider: Provider, open: OpenFault): Promise<void> => {
  const reason = await impossible({ plan, provider }, open);
  if (reason !== undefined) throw new ComputerError(sentence(`This can't be done here: ${reason}`));
};

/** Undone again after a time or at Ctrl-C, and whatever went wrong meanwhile. What is over at once leaves nothing to be told of. */
const passing = async (
  context: Context,
  { forMs, make, undo, what }: { forMs: number; make: () => Promise<void>; undo: () => Promise<unknown>; what: string },
): Promise<void> => {
  try {
    await make();
    if (forMs === 0) return;
    context.say(`It is undone in ${forMs / 1000} s, or now with Ctrl-C.`);
    await systemClock.sleep(forMs, context.signal).catch(() => undefined);
  } finally {
    if (context.signal.aborted) context.say(`Undoing ${what} …`);
    await undo();
  }
};
