import type { System } from '../model/lab.js';
import type { Plan } from '../model/plan.js';

/** Public boxes that exist for VirtualBox (also on ARM) and for libvirt; a lab can name another, a file or a URL. */
const publicBoxes: Record<System, string> = {
  'debian-12': 'bento/debian-12',
  'debian-13': 'bento/debian-13',
  'ubuntu-22.04': 'bento/ubuntu-22.04',
  'ubuntu-24.04': 'bento/ubuntu-24.04',
};

export const publicBox = (system: System): string => publicBoxes[system];

/** The last day of the public registry (HashiCorp's announcement of HCP Vagrant's end); new boxes it took until 13 December 2026. */
export const registryLastDayMs = Date.UTC(2027, 2, 15, 23, 59, 59);
export const registryCloses = '15 March 2027';

/**
 * The name Vagrant knows the lab's box by. A box from a file or URL must not take the public box's name: Vagrant would
 * use whichever it has already.
 */
export const boxName = (plan: Pick<Plan, 'box' | 'system' | 'name'>): string =>
  plan.box.name ?? (plan.box.url === undefined ? publicBoxes[plan.system] : `quintet/${plan.name}`);
