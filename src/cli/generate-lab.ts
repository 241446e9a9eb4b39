import { type AskAboutFile, type WrittenLab, writeLab } from '../drive/write-lab.js';
import { atMost, labDoor } from '../host/lab-door.js';
import { labPaths, writeLabFile } from '../host/lab-folder.js';
import { ensureSecrets, isAuthorityRenewed } from '../host/secrets.js';
import { readTemplates } from '../host/templates.js';
import { labJsonSchema, labSchemaPath, scenarioJsonSchema, scenarioSchemaPath } from '../lab/json-schema.js';
import { wholeLab } from '../render/whole-lab.js';
import type { Context } from './context.js';
import type { OpenedLab } from './open-lab.js';
import { shipped } from './shipped.js';

export interface GenerateOptions {
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

/** Writes everything that follows from a lab's lab.yaml, asking about files that the user edited. */
export const generateLab = async (
  context: Context,
  { folder, plan }: Pick<OpenedLab, 'folder' | 'plan'>,
  { force = false, dryRun = false }: GenerateOptions = {},
): Promise<WrittenLab> => {
  const templates = await readTemplates(shipped('templates'));
  const rendered = wholeLab(plan, templates, labDoor(folder).text(labPaths.guide, { most: atMost.written }));
  const ask = context.interactive ? { ask: askIn(context) } : {};
  const written = await writeLab(folder, rendered, { force, dryRun, ...ask });
  if (dryRun) return written;
  const [secrets] = await Promise.all([
    ensureSecrets(folder, plan),
    writeLabFile(folder, labSchemaPath, labJsonSchema()),
    writeLabFile(folder, scenarioSchemaPath, scenarioJsonSchema()),
  ]);
  if (isAuthorityRenewed(secrets)) {
    context.say(
      'The certificate of the lab’s authority is a new one: it vouches for this lab’s names and addresses alone.',
    );
    context.say('If you had added .quintet/ca/ca.crt to a browser, take that one out, and add the new one.');
  }
  for (const backup of written.backups) context.say(`What you had written is kept as ${backup}.`);
  return written;
};

const askIn =
  (context: Context): AskAboutFile =>
  async (path, diff) => {
    const prompts = await context.prompts();
    context.say(`\nYou changed ${path}, and lab.yaml now asks for another text:\n\n${diff}`);
    return prompts.select({
      message: `Whose ${path} shall it be?`,
      default: 'mine',
      choices: [
        { value: 'mine', name: 'mine', description: 'keep your text; Quintet’s change is left out' },
        { value: 'generated', name: 'Quintet’s', description: `take the new text; yours is kept as ${path}.orig` },
      ],
    });
  };
