import { relative } from 'node:path';
import { readOpenFaults } from '../../campaign/open-faults.js';
import { folderOf, latestRun } from '../../campaign/records.js';
import { liveAmong } from '../../campaign/turns.js';
import { serviceFacts } from '../../campaign/well.js';
import { tellTogether } from '../../drive/converge.js';
import { LabState } from '../../drive/lab-state.js';
import { faultWords } from '../../model/fault-words.js';
import type { Plan } from '../../model/plan.js';
import { sentence } from '../../model/sentence.js';
import type { MachineState, Provider } from '../../providers/provider.js';
import { turnsIn } from '../../roles/turns.js';
import { type RunVerb, textOption } from '../context.js';
import { openLab } from '../open-lab.js';
import { providerOf } from '../providers.js';
import { tableOf } from '../table-of.js';

export const status: RunVerb = async (context, words) => {
  const { folder, plan, site } = await openLab(context);
  const provider = await providerOf(site);
  const records = await LabState.of(folder);
  const machines = await Promise.all(
    plan.machines.map(async ({ name, roles, address }) => {
      const state = await provider.state(name);
      const record = records.get(name);
      const holdsVip = state === 'running' && roles.includes('load-balancer') && (await holds(provider, name, plan));
      return { name, state, address, roles, holdsVip, lastStep: record && `${record.step} ${record.result}` };
    }),
  );
  const faults = await readOpenFaults(folder);
  const running = machines.filter(({ state }) => state === 'running').map(({ name }) => name);
  const services = (await Promise.all(running.map((machine) => serviceFacts({ plan, provider }, { machine })))).flatMap(
    ({ missing, silent }) => [...missing, ...silent],
  );
  const turns = turnsIn(plan).map(({ name }) => name);
  const live = turns.length === 0 ? undefined : ((await liveAmong({ plan, provider })) ?? null);
  const together = await tellTogether({ plan, provider }, running);
  const report = await latestRun(folder).then(folderOf, () => undefined);
  const holders = machines.filter(({ holdsVip }) => holdsVip).map(({ name }) => name);
  const vip = { address: plan.network.vip, holders };
  if (textOption(words, 'format') === 'json') {
    context.out(
      JSON.stringify(
        { lab: plan.name, folder, provider: plan.provider, vip, live, machines, services, together, faults, report },
        null,
        2,
      ),
    );
    return undefined;
  }
  const rows = machines.map((machine) => [
    machine.name,
    stateWords[machine.state],
    machine.address,
    [...machine.roles, ...(live && turns.includes(machine.name) ? [machine.name === live ? 'live' : 'idle'] : [])].join(
      ', ',
    ),
    machine.holdsVip ? 'holds the VIP' : '',
    machine.lastStep ?? '',
  ]);
  context.out(tableOf(['machine', 'state', 'address', 'roles', 'vip', 'last step'], rows, context));
  context.say(`\n${holderWords(holders, plan)}`);
  for (const service of services) context.say(sentence(service));
  for (const line of together) context.say(line);
  for (const fault of faults) context.say(`${fault.machine}: ${faultWords(fault)}. quintet heal undoes it.`);
  if (report !== undefined) {
    context.say(
      `The last verification is in ${relative(context.cwd, report) || report}; quintet report tells it again.`,
    );
  }
  return undefined;
};

const stateWords: Readonly<Record<MachineState, string>> = {
  absent: 'not made',
  stopped: 'stopped',
  paused: 'paused',
  running: 'running',
};

/** Whether a machine's own interfaces carry the VIP. One that can't be asked does not answer for it. */
const holds = async (provider: Provider, machine: string, { network }: Plan): Promise<boolean> => {
  const command = ['ip', '-4', '-o', 'address', 'show', 'to', `${network.vip}/32`];
  const result = await provider.exec(machine, command, { timeoutMs: 5000 }).catch(() => undefined);
  return result?.exitCode === 0 && result.stdout.trim() !== '';
};

const holderWords = (holders: readonly string[], { network }: Plan): string => {
  if (holders.length === 0) return `Nobody holds the virtual IP ${network.vip}.`;
  if (holders.length === 1) return `${holders[0]} holds the virtual IP ${network.vip}.`;
  return `Split brain: ${holders.join(' and ')} all hold the virtual IP ${network.vip}.`;
};
