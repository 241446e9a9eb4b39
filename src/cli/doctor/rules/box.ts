import { commandLine } from '../../../host/command.js';
import type { Plan } from '../../../model/plan.js';
import { boxName, registryCloses, registryLastDayMs } from '../../../plan/boxes.js';
import { addCommand } from '../../../providers/vagrant/box.js';
import type { InstalledBox } from '../../../providers/vagrant/installed-boxes.js';
import { bad, type Finding, good, type Rule, warn } from '../finding.js';
import { about } from './vagrant.js';

const command = (plan: Plan): string => commandLine(['vagrant', ...addCommand({ plan })]);

/** Boxes that were added without an architecture fit, as far as Vagrant can tell. */
const fits = ({ architecture }: InstalledBox, wanted: string): boolean =>
  architecture === undefined || architecture === wanted || architecture === 'unknown';

const fromRegistry = (plan: Plan, nowMs: number, words: string): Finding[] => {
  const own = 'a box of your own (box.url in lab.yaml: a file, or a URL with a checksum)';
  return nowMs > registryLastDayMs
    ? bad('box', `${words}, and the public registry closed on ${registryCloses}`, `give the lab ${own}`)
    : warn(
        'box',
        `${words}: it comes from the public registry, over the network, and that closes after ${registryCloses}`,
        `now, while there is a network: ${command(plan)}; for later, ${own}`,
      );
};

const box = about(({ boxes, boxFile }, { processor, nowMs }, plan) => {
  const name = boxName(plan);
  const wanted = processor.architecture;
  const ours = boxes.filter(({ provider }) => provider === plan.provider);
  if (ours.some((one) => fits(one, wanted)))
    return good('box', `the box ${name} is there (${plan.provider}, ${wanted})`);
  if (boxFile === false) {
    const mend = 'put it there, or mend box.url in lab.yaml';
    return bad('box', `the box file ${plan.box.url} is not there`, mend);
  }
  const others = [...new Set(ours.map(({ architecture }) => architecture))];
  const words =
    others.length > 0
      ? `the box ${name} is there for ${others.join(', ')} only, and this computer is ${wanted}`
      : `the box ${name} is not there yet`;
  if (plan.box.url === undefined) return fromRegistry(plan, nowMs, words);
  if (others.length > 0) return bad('box', words, `name a box for ${wanted} in lab.yaml: box.url`);
  return boxFile
    ? good('box', `${words}: up adds it from ${plan.box.url}`)
    : warn('box', `${words}: up gets it over the network`, command(plan));
});

export const boxRules: readonly Rule[] = [box];
