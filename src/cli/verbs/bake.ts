import { dirname } from 'node:path';
import { ensureDir } from '../../host/files.js';
import { readTemplates } from '../../host/templates.js';
import { InputError } from '../../model/errors.js';
import type { Plan } from '../../model/plan.js';
import { bakeBox, bakePlan } from '../../providers/vagrant/bake/bake-box.js';
import { type BoxOrder, requireArchitecture } from '../../providers/vagrant/box-build/box-order.js';
import { renderTemplate } from '../../render/template.js';
import { boxOutput, tellBox } from '../box-words.js';
import type { RunVerb } from '../context.js';
import { openLab } from '../open-lab.js';
import { shipped } from '../shipped.js';
import { working } from '../work.js';

const template = 'bake/Vagrantfile.ejs';

export const bake: RunVerb = async (context, words) => {
  const opened = await openLab(context);
  const order = await boxOutput(context, words, choicesOf(opened.plan));
  await ensureDir(dirname(order.output));
  const text = (await readTemplates(shipped('templates'))).get(template) ?? '';
  const vagrantfile = renderTemplate('Vagrantfile', text, { plan: bakePlan(opened.plan) });
  await working(context, opened, [], (emit) =>
    bakeBox({ site: opened.site, vagrantfile, output: order.output }, emit, context.signal),
  );
  await tellBox(context, order);
  return undefined;
};

/** The lab's own choices: the box is for labs like this one. */
const choicesOf = ({ provider, system, app, database }: Plan): Omit<BoxOrder, 'output'> => {
  if (provider !== 'virtualbox') {
    throw new InputError(`quintet bake makes boxes for VirtualBox, and this lab's machines are of ${provider}.`, {
      hint:
        provider === 'libvirt'
          ? 'sudo quintet box build --provider libvirt makes one.'
          : 'Containers need no box: their base is built once, and kept.',
    });
  }
  return { provider, architecture: requireArchitecture(process.arch), system, app, database };
};
