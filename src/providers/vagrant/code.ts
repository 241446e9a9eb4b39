import { isCaller } from '../../host/caller.js';
import { type LabDoor, labDoor } from '../../host/lab-door.js';
import { ownerNow, ownerOf } from '../../host/lab-owners.js';
import type { Plan } from '../../model/plan.js';
import { boxName } from '../../plan/boxes.js';
import type { LabSite } from '../provider.js';
import { installedBoxes } from './installed-boxes.js';
import { hasRunIn } from './leftovers.js';
import { dotVagrant, vagrantHome } from './places.js';

/** The programs that Vagrant runs on this computer when it works in a lab folder, as paths there. */
const programs = ['Vagrantfile', '.quintet/bake/Vagrantfile'] as const;
/** Where a folder says which plugins of its own Vagrant shall load. */
const plugins = ['plugins.json', 'plugins', 'bundler'].map((name) => `${dotVagrant}/${name}`);

/** What of a lab would be run on this computer, and what is known of it. */
export interface Code {
  /** All of it that is text; what stands for the whole. */
  readonly texts: readonly (string | undefined)[];
  /** Why somebody must say that it may be run, for people; none when nobody need be asked. */
  readonly doubts: readonly string[];
}

/** A file, or all below a folder, as one text. */
const wordsOf = (door: LabDoor, path: string): string =>
  door.kind(path) === 'folder'
    ? JSON.stringify([...(door.contents(path) ?? [])].map(([file, content]) => [file, content.toString('latin1')]))
    : (door.text(path) ?? '');

const boxOf = ({ box }: Plan): string => JSON.stringify([box.name, box.url, box.sha256]);

/** A box holds a Vagrantfile of its own: one that is not there yet would be fetched from where the lab says. */
const strangeBox = async ({ plan }: LabSite): Promise<string[]> => {
  const { name, url } = plan.box;
  if (name === undefined && url === undefined) return [];
  if ((await installedBoxes(vagrantHome(process.env), boxName(plan))).length > 0) return [];
  return [`its box, which brings a program as well, would be fetched from ${url ?? name}`];
};

/**
 * `pristine` is the Vagrantfile that Quintet makes of this lab. The caller's own folder, where Quintet made the lab or Vagrant
 * has run already, is the caller's own work whatever was edited. Any other one is so far as Quintet itself would write it.
 */
export const codeOf = async (site: LabSite, pristine: string): Promise<Code> => {
  const door = labDoor(site.folder);
  const found = programs.map((path) => door.text(path));
  const added = plugins.filter((path) => door.exists(path));
  const texts = [...found, boxOf(site.plan), ...added.map((path) => wordsOf(door, path))];
  const others = programs.filter((path) => !isCaller(door.stats(path)?.uid ?? ownUid));
  const owner = (await ownerNow(site.folder)).uid;
  if (!isCaller(owner)) return { texts, doubts: [`the folder is user ${owner}'s, who can change it at any time`] };
  const doubts = others.map((path) => `${path} was written by another user`);
  if ((await ownerOf(site.id))?.made === true || (await hasRunIn(site.folder))) return { texts, doubts };
  const [vagrantfile, bake] = found;
  const isPristine = vagrantfile === undefined || vagrantfile.replaceAll('\r\n', '\n') === pristine;
  return {
    texts,
    doubts: [
      ...doubts,
      ...(isPristine ? [] : ['its Vagrantfile is not the one that Quintet makes of lab.yaml']),
      ...(bake === undefined ? [] : [`it brings ${programs[1]}`]),
      ...added.map((path) => `it brings plugins for Vagrant (${path})`),
      ...(await strangeBox(site)),
    ],
  };
};

/** Of what is not there: nobody else's. */
const ownUid = process.geteuid?.() ?? 0;
