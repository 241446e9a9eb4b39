import type { System } from '../model/lab.js';
import type { Plan } from '../model/plan.js';

/** Public boxes that exist for VirtualBox (also on ARM) and for libvirt; a lab can name another, a file or a URL. */
const publicBoxes: Record<System, string> = {
  'debian-12': 'bento/debian-12',
  'debian-13': 'bento/debian-13',
  'ubuntu-22.04': 'bento/ubuntu-22.04',
  'ubuntu-24.04': 'bento/ubuntu-24.04',
};

/**
 * The name Vagrant knows the lab's box by. A box from a file or URL must not take the public box's name: Vagrant would
 * use whichever it has already.
 */
export const boxName = (plan: Pick<Plan, 'box' | 'system' | 'name'>): string =>
  plan.box.name ?? (plan.box.url === undefined ? publicBoxes[plan.system] : `quintet/${plan.name}`);
