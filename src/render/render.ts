import type { Plan, PlannedMachine } from '../model/plan.js';
import { packagesFor } from '../plan/packages.js';
import { companionsOn, rolesOn } from '../roles/roles.js';
import { packageScript } from './package-script.js';
import { renderTemplate, type Scope } from './template.js';

/** Text by path; for templates, the path in the templates folder. */
export type Files = ReadonlyMap<string, string>;

/** Files of the lab folder itself. */
const labFiles: readonly (readonly [path: string, template: string])[] = [
  ['Vagrantfile', 'Vagrantfile.ejs'],
  ['.gitignore', 'gitignore.ejs'],
  ['.gitattributes', 'gitattributes.ejs'],
];

const fragmentName = 'provision.sh.ejs';
const inTree = /^(etc|usr|opt|srv|var)\//;

/** From the data to the entry: what others lean on is made first, and what looks at them last. */
const foldersOf = (plan: Plan, machine: PlannedMachine): string[] =>
  [...[...rolesOn(machine)].reverse(), ...companionsOn(machine)].flatMap(({ folders }) => folders(plan));

/** Everything in a lab folder that follows from the plan and holds no secret: path in the folder -> text. */
export const renderLab = (plan: Plan, templates: Files): Map<string, string> =>
  new Map([
    ...renderLabFiles(plan, templates),
    ...plan.machines.flatMap((machine) =>
      [...renderMachine(plan, machine, templates)].map(([path, text]): [string, string] => [
        `machines/${machine.name}/${path}`,
        text,
      ]),
    ),
  ]);

/** Those of them that are for the computer itself, the Vagrantfile for one. */
export const renderLabFiles = (plan: Plan, templates: Files): Map<string, string> =>
  new Map(
    labFiles.map(
      ([path, template]) => [path, renderTemplate(path, templateOf(templates, template), { plan })] as const,
    ),
  );

/** What goes to one machine: its provision.sh and its part of the file system. */
export const renderMachine = (plan: Plan, machine: PlannedMachine, templates: Files): Map<string, string> => {
  const roles = foldersOf(plan, machine);
  const tree = ['common', ...roles].flatMap((folder) => renderFolder(`${folder}/`, templates, { plan, machine }));
  const twice = tree.find(([path], index) => tree.findIndex(([other]) => other === path) < index);
  if (twice) throw new Error(`two roles of ${machine.name} both bring ${twice[0]}`);
  return new Map([['provision.sh', provisioner(plan, machine, roles, templates)], ...tree]);
};

/** The common script around what each role has to say. */
const provisioner = (plan: Plan, machine: PlannedMachine, roles: readonly string[], templates: Files): string => {
  const fragments = roles
    .map((folder) => templates.get(`${folder}/${fragmentName}`))
    .filter((template) => template !== undefined)
    .map((template) => renderTemplate('provision.sh', template, { plan, machine }));
  const pieces = {
    packages: packageScript(packagesFor(plan, machine.roles, machine.companions)),
    fragments: fragments.join('\n'),
  };
  const template = templateOf(templates, `common/${fragmentName}`);
  return renderTemplate('provision.sh', template, { plan, machine, pieces });
};

const templateOf = (templates: Files, path: string): string => {
  const template = templates.get(path);
  if (template === undefined) throw new Error(`there is no template ${path}`);
  return template;
};

/** The part of the file system that a folder of templates brings: `.ejs` files filled in, all others as they are. */
const renderFolder = (folder: string, templates: Files, scope: Scope): [string, string][] =>
  [...templates]
    .filter(([path]) => path.startsWith(folder) && inTree.test(path.slice(folder.length)))
    .map(([path, text]): [string, string] => {
      const target = path.slice(folder.length);
      if (!target.endsWith('.ejs')) return [target, text];
      const rendered = target.slice(0, -'.ejs'.length);
      return [rendered, renderTemplate(rendered, text, scope)];
    });
