import { readOpenFaults } from '../../campaign/open-faults.js';
import { traitsOf } from '../../model/provider-traits.js';
import type { LabSite, Provider } from '../../providers/provider.js';
import { hypervisorOf } from '../../providers/vagrant/hypervisors/hypervisors.js';
import { orphans, vagrantMachines } from '../../providers/vagrant/leftovers.js';
import { providerOf } from '../providers.js';
import { inTime } from './ask.js';

/** What there is of one lab on this computer. */
export interface LabState {
  /** Whatever its provider has made of it, a line each. */
  readonly leftovers: readonly string[];
  readonly running: readonly string[];
  /** Machines by the id that Vagrant has written down; the hypervisor may have lost them. */
  readonly known: readonly Trace[];
  /** Machines that are this lab's by their name, though Vagrant does not know them. */
  readonly orphans: readonly Trace[];
  /** Faults that were made and never healed; undefined when their list can't be read. */
  readonly openFaults?: number | undefined;
}

export interface Trace {
  readonly id: string;
  readonly name: string;
}

export const labState = async (site: LabSite): Promise<LabState> => {
  const provider = await providerOf(site);
  const [leftovers, running, known, lost, openFaults] = await Promise.all([
    inTime(provider.leftovers(), []),
    inTime(runningOf(site, provider), []),
    inTime(knownOf(site), []),
    inTime(orphansOf(site), []),
    inTime<number | undefined>(
      readOpenFaults(site.folder).then(({ length }) => length),
      undefined,
    ),
  ]);
  return { leftovers, running, known, orphans: lost, openFaults };
};

/** What keeps a provider from looking is what other findings are about. */
const runningOf = async ({ plan }: LabSite, provider: Provider): Promise<string[]> => {
  const states = plan.machines.map(async ({ name }) => {
    const state = await provider.state(name).catch(() => 'absent');
    return state === 'running' || state === 'paused' ? [name] : [];
  });
  return (await Promise.all(states)).flat();
};

const knownOf = async ({ folder, plan }: LabSite): Promise<Trace[]> =>
  traitsOf(plan).madeBy === 'quintet' ? [] : vagrantMachines(folder, plan.provider);

const orphansOf = async (site: LabSite): Promise<Trace[]> =>
  traitsOf(site.plan).madeBy === 'quintet' ? [] : orphans(site, hypervisorOf(site.plan.provider));
