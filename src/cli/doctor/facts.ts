import { availableParallelism, release, totalmem } from 'node:os';
import { availableBytes } from '../../host/memory.js';
import type { Plan } from '../../model/plan.js';
import { traitsOf } from '../../model/provider-traits.js';
import type { LabSite } from '../../providers/provider.js';
import { wslAccessVariable } from '../../providers/vagrant/wsl.js';
import { type ProviderFacts, providerFacts } from '../detect-provider.js';
import { type ContainerState, containerState } from './container-facts.js';
import { freeMb, megabytes } from './free-space.js';
import { type LabState, labState } from './lab-facts.js';
import { type Processor, processor } from './processor-facts.js';
import { type VagrantState, vagrantState } from './vagrant-facts.js';

/** What this computer is and has, as far as a lab cares; gathered first, judged by pure rules afterwards. */
export interface ComputerState extends ProviderFacts {
  readonly nodeVersion: string;
  readonly root: boolean;
  readonly kernel: string;
  readonly cores: number;
  readonly memoryMb: number;
  readonly freeMemoryMb: number;
  /** Free where the lab folder is. */
  readonly freeLabDiskMb: number;
  /** Wall clock. */
  readonly nowMs: number;
  readonly processor: Processor;
  /** Linux in Windows (WSL): whether Vagrant may touch Windows. */
  readonly wslAccess?: boolean;
  /** Only where the lab's machines are containers. */
  readonly containers?: ContainerState | undefined;
  /** Only where Vagrant makes the machines. */
  readonly vagrantState?: VagrantState | undefined;
  /** Only where doctor stands in a lab folder. */
  readonly lab?: LabState | undefined;
}

export type Env = Readonly<Record<string, string | undefined>>;

/** Looks at everything at once, changes nothing, and is done soon: no single question may take longer than `limitMs`. */
export const gatherFacts = async (env: Env, folder: string, plan: Plan, site?: LabSite): Promise<ComputerState> => {
  const byVagrant = traitsOf(plan).madeBy === 'vagrant';
  const [programs, freeLabDiskMb, itsProcessor, containers, vagrant, lab] = await Promise.all([
    providerFacts(env),
    freeMb(folder),
    processor(process.platform, env),
    byVagrant ? undefined : containerState(site),
    byVagrant ? vagrantState(env, plan, folder) : undefined,
    site && labState(site),
  ]);
  return {
    ...programs,
    nodeVersion: process.versions.node,
    root: process.getuid?.() === 0,
    kernel: release(),
    cores: availableParallelism(),
    memoryMb: megabytes(totalmem()),
    freeMemoryMb: megabytes(availableBytes()),
    freeLabDiskMb,
    nowMs: Date.now(),
    processor: itsProcessor,
    wslAccess: Boolean(env[wslAccessVariable]),
    containers,
    vagrantState: vagrant,
    lab,
  };
};
