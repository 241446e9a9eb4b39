import { bindLab } from '../host/lab-owners.js';
import { isVouchedFor, rememberVouched } from '../host/vouched.js';
import { InputError, InterruptedError } from '../model/errors.js';
import { traitsOf } from '../model/provider-traits.js';
import { sentence } from '../model/sentence.js';
import type { LabSite } from '../providers/provider.js';
import type { Context } from './context.js';
import { shipped } from './shipped.js';

/**
 * Asks about what a lab folder would run on this computer itself, unless it is the caller's own work or somebody has said
 * yes before to exactly this. Nobody to ask is a no. Machines that are containers run nothing of the folder outside of them.
 */
export const vouchFor = (context: Context, site: LabSite): (() => Promise<void>) | undefined => {
  if (traitsOf(site.plan).madeBy === 'quintet') return undefined;
  return async () => {
    // Nearly every command opens a lab, and few run anything of it.
    const { codeOf } = await import('../providers/vagrant/code.js');
    const { readTemplates } = await import('../host/templates.js');
    const { renderLabFiles } = await import('../render/render.js');
    const pristine = renderLabFiles(site.plan, await readTemplates(shipped('templates'))).get('Vagrantfile') ?? '';
    const { texts, doubts } = await codeOf(site, pristine);
    // What the program reads beside itself is this folder's: elsewhere the same text may do something else.
    const said = [site.folder, ...texts];
    if (doubts.length === 0 || (await isVouchedFor(said))) return;
    if (!context.trust) await ask(context, site, doubts);
    await rememberVouched(said, site.folder);
    await bindLab(site.folder, site.id, true);
  };
};

const ask = async (context: Context, { folder }: LabSite, doubts: readonly string[]): Promise<void> => {
  const what = [
    `Vagrant would run programs of the lab in ${folder} on this computer, as you:`,
    ...doubts.map((doubt) => `  ${sentence(doubt)}`),
  ].join('\n');
  if (!context.interactive) {
    throw new InputError(what, {
      hint: 'Read its Vagrantfile (quintet generate --dry-run shows what was changed in it), then say so with --trust: once for this text.',
    });
  }
  context.say(what);
  const prompts = await context.prompts();
  if (await prompts.confirm({ message: 'Have you read them, and shall they be run?', default: false })) return;
  throw new InterruptedError('Nothing of the lab was run.');
};
