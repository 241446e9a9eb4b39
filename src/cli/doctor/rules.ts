import type { ProviderName } from '../../model/lab.js';
import type { Plan } from '../../model/plan.js';
import type { ComputerState } from './facts.js';
import type { Finding, Rule } from './finding.js';
import { boxRules } from './rules/box.js';
import { containers } from './rules/containers.js';
import { everywhere } from './rules/everywhere.js';
import { leftoverRules } from './rules/leftovers.js';
import { libvirtRules } from './rules/libvirt.js';
import { networkRules } from './rules/networks.js';
import { diskRules, vagrantRules } from './rules/vagrant.js';
import { virtualboxRules } from './rules/virtualbox.js';

/** What matters for each provider, in the order in which it is told. */
const rulesOf: Readonly<Record<ProviderName, readonly Rule[]>> = {
  container: [...everywhere, ...containers],
  virtualbox: [
    ...everywhere,
    ...vagrantRules,
    ...virtualboxRules,
    ...networkRules,
    ...boxRules,
    ...diskRules,
    ...leftoverRules,
  ],
  libvirt: [
    ...everywhere,
    ...vagrantRules,
    ...libvirtRules,
    ...networkRules,
    ...boxRules,
    ...diskRules,
    ...leftoverRules,
  ],
};

/** Everything that doctor has to say about a lab on this computer. */
export const findings = (computer: ComputerState, plan: Plan): readonly Finding[] =>
  rulesOf[plan.provider].flatMap((rule) => rule(computer, plan));
