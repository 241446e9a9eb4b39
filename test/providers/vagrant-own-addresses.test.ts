import test, { type ExecutionContext } from 'ava';
import { releaseLab } from '../../src/host/lab-owners.js';
import { bindMachine } from '../../src/host/own-machines.js';
import { InputError } from '../../src/model/errors.js';
import type { LabChoices } from '../../src/model/lab.js';
import { planOf } from '../../src/plan/plan.js';
import type { MachineState } from '../../src/providers/provider.js';
import { hypervisorOf } from '../../src/providers/vagrant/hypervisors/hypervisors.js';
import { requireOwnAddresses } from '../../src/providers/vagrant/own-addresses.js';
import { labSchema } from '../../src/roles/lab-schema.js';

/** Ids that no lab of this computer has. */
let last = 0;
const labWith = (t: ExecutionContext, choices: LabChoices = {}) => {
  last += 1;
  const id = `0000${process.pid.toString(16).slice(-3).padStart(3, '0')}${last.toString(16)}`;
  t.teardown(() => releaseLab(id));
  const network = { subnet: '10.231.7.0/24', ...choices.network };
  const plan = planOf(labSchema.parse({ provider: 'virtualbox', ...choices, network }));
  return { id, folder: `/home/ada/${id}`, plan, trusted: false };
};

const states = new Map<string, MachineState>();
const virtualbox = hypervisorOf('virtualbox');
const by = () => ({ ...virtualbox, state: async (id: string) => states.get(id) ?? 'absent' });

test.serial('the addresses of a lab that runs are refused to another one', async (t) => {
  const [one, other] = [labWith(t), labWith(t)];
  await requireOwnAddresses(one, virtualbox, by);
  await requireOwnAddresses(one, virtualbox, by);
  await bindMachine(one.id, 'web', `${one.id}-web`);
  states.set(`${one.id}-web`, 'running');
  const error = await t.throwsAsync(requireOwnAddresses(other, virtualbox, by), { instanceOf: InputError });
  t.regex(error?.message ?? '', new RegExp(`^10\\.231\\.7\\.10 belongs to the lab in /home/ada/${one.id}, `));
  t.regex(error?.hint ?? '', /quintet halt .*network\.subnet/);
  await requireOwnAddresses(labWith(t, { network: { subnet: '10.231.8.0/24' } }), virtualbox, by);
  states.set(`${one.id}-web`, 'stopped');
  await requireOwnAddresses(other, virtualbox, by);
});

test.serial('a lab that was removed, by whatever means, is in nobody’s way', async (t) => {
  const [one, other] = [labWith(t), labWith(t)];
  await requireOwnAddresses(one, virtualbox, by);
  await bindMachine(one.id, 'web', 'gone');
  await t.notThrowsAsync(requireOwnAddresses(other, virtualbox, by));
});
