import { heal } from '../../campaign/open-faults.js';
import { readKept } from '../../drive/kept-snapshots.js';
import { restoreSnapshot } from '../../drive/restore-snapshot.js';
import { saveSnapshot } from '../../drive/save-snapshot.js';
import { listSnapshots, removeSnapshot, requireSnapshotName, wholeSnapshot } from '../../drive/snapshots.js';
import { oneOf } from '../../lab/did-you-mean.js';
import { InputError } from '../../model/errors.js';
import { own } from '../../model/own.js';
import type { Provider } from '../../providers/provider.js';
import { confirmLoss } from '../confirm-loss.js';
import { argument, type Context, optionalArgument, type RunVerb, textOption, type Words } from '../context.js';
import { healAround } from '../heal-around.js';
import { type OpenedLab, openLab } from '../open-lab.js';
import { providerOf } from '../providers.js';
import { tableOf } from '../table-of.js';
import { chosen, working } from '../work.js';

/** One thing that can be done with snapshots of a lab. */
type Deed = (context: Context, lab: OpenedLab & { readonly provider: Provider }, words: Words) => Promise<undefined>;

export const snapshot: RunVerb = async (context, words) => {
  const deed = own(deeds, argument(words, 'what'));
  if (deed === undefined) {
    throw new InputError(`quintet snapshot knows no ${argument(words, 'what')}.`, {
      hint: `It can ${oneOf(Object.keys(deeds))}.`,
    });
  }
  const opened = await openLab(context);
  return deed(context, { ...opened, provider: await providerOf(opened.site) }, words);
};

const nameIn = (words: Words): string => {
  const name = optionalArgument(words, 'name');
  if (name !== undefined) return name;
  throw new InputError('Which snapshot?', { hint: `quintet snapshot ${argument(words, 'what')} NAME` });
};

const save: Deed = async (context, lab, words) => {
  const name = nameIn(words);
  requireSnapshotName(name);
  if (own(await readKept(lab.folder), name)?.whole) {
    await confirmLoss(context, {
      would: `This would replace the snapshot ${name}.`,
      question: `Replace the snapshot ${name}?`,
      kept: 'Nothing was saved.',
    });
  }
  const { site, provider } = lab;
  await working(context, lab, chosen(lab.plan, []), async (emit) => {
    await heal(site, provider, emit);
    await saveSnapshot({ site, provider, emit, signal: context.signal }, name);
  });
  context.say(`Saved. quintet snapshot restore ${name} comes back to it.`);
  return undefined;
};

const restore: Deed = async (context, lab, words) => {
  const { site, provider } = lab;
  const name = nameIn(words);
  await wholeSnapshot(lab, name);
  await confirmLoss(context, {
    would: `This would put every machine back to the snapshot ${name}; what they hold now is lost.`,
    question: `Put every machine back to ${name}? What they hold now is lost.`,
    kept: 'Nothing was changed.',
  });
  await working(context, lab, chosen(lab.plan, []), (emit) =>
    healAround(site, provider, emit, () => restoreSnapshot({ site, provider, emit, signal: context.signal }, name)),
  );
  context.say(`The lab is back at ${name}. quintet up provisions what was changed in its files since.`);
  return undefined;
};

const remove: Deed = async (context, lab, words) => {
  const name = nameIn(words);
  await working(context, lab, [], () => removeSnapshot(lab, name));
  return undefined;
};

const list: Deed = async (context, lab, words) => {
  const snapshots = await listSnapshots(lab);
  if (textOption(words, 'format') === 'json') {
    context.out(JSON.stringify({ lab: lab.plan.name, folder: lab.folder, snapshots }, null, 2));
    return undefined;
  }
  const rows = snapshots.map(({ name, takenAt, machines, lacking }) => [
    name,
    new Date(takenAt).toLocaleString('sv'),
    machines.filter((machine) => !lacking.includes(machine)).join(', '),
    lacking.length === 0 ? '' : `${oneOf(lacking, 'and')}: destroyed since`,
  ]);
  if (rows.length === 0) context.say('There is no snapshot yet; quintet snapshot save NAME takes one.');
  else context.out(tableOf(['snapshot', 'taken', 'machines', ''], rows, context));
  return undefined;
};

const deeds: Readonly<Record<string, Deed>> = { save, restore, list, delete: remove };
