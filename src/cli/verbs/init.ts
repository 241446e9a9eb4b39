import { relative, resolve } from 'node:path';
import { catalogueLab, defaultLab } from '../../host/catalogue.js';
import { InputError } from '../../model/errors.js';
import { type Context, listOption, optionalArgument, type RunVerb, textOption } from '../context.js';
import { preferredProvider, providerFacts } from '../detect-provider.js';
import { makeLab, soundDraft } from '../make-lab.js';
import { defaultFolder } from '../wizard/defaults.js';

export interface InitWords {
  readonly folder?: string | undefined;
  readonly lab?: string | undefined;
  /** As written: `vrrp.timing=fast`. */
  readonly settings: readonly string[];
}

export const init: RunVerb = async (context, words) => {
  const given: InitWords = {
    folder: optionalArgument(words, 'dir') ?? context.labDir,
    lab: textOption(words, 'lab'),
    settings: listOption(words, 'set'),
  };
  if (!context.yes && !context.interactive) throw nobodyToAsk();
  const folder = context.yes ? await initByDefault(context, given) : await initByAsking(context, given);
  context.say(`The lab is in ${shownFolder(context, folder)}. Next: cd there, and quintet up.`);
  return undefined;
};

const nobodyToAsk = (): InputError =>
  new InputError('There is nobody to ask here (no terminal, or CI is set).', {
    hint: 'quintet init DIR --yes takes the defaults; --set path=value changes some.',
  });

const shownFolder = (context: Context, folder: string): string => relative(context.cwd, folder) || '.';

/** Makes a lab without questions; returns its folder. */
export const initByDefault = async (context: Context, given: InitWords): Promise<string> => {
  const base = await catalogueLab(given.lab ?? defaultLab);
  const decided = given.settings.some((setting) => setting.startsWith('provider='));
  const provider = decided ? [] : [`provider=${preferredProvider(await providerFacts(context.env))}`];
  const draft = soundDraft(context, base, [...given.settings, ...provider]);
  const folder = resolve(context.cwd, given.folder ?? defaultFolder);
  await makeLab(context, folder, base, draft);
  return folder;
};

const initByAsking = async (context: Context, given: InitWords): Promise<string> => {
  const { wizard } = await import('../wizard/wizard.js');
  const base = await catalogueLab(given.lab ?? defaultLab);
  soundDraft(context, base, given.settings);
  const settings = given.settings.map((setting) => {
    const [path = '', ...value] = setting.split('=');
    return [path.trim(), value.join('=')] as const;
  });
  return wizard(context, { lab: given.lab, folder: given.folder, settings });
};
