import { reason } from '../check/judgement.js';
import type { Plan, PlannedMachine } from '../model/plan.js';
import { gatherHolders } from './checks/gather-holders.js';
import { type Ground, siteDoor } from './ground.js';

/** The units that make each role. */
const unitsOf = (plan: Plan, machine: PlannedMachine): string[] => {
  const units = {
    'load-balancer': ['haproxy', 'keepalived'],
    web: ['nginx'],
    app: ['quintet-app'],
    database: [plan.database.engine === 'mariadb' ? 'mariadb' : 'mysql'],
  };
  return machine.roles.flatMap((role) => units[role]).map((unit) => `${unit}.service`);
};

type Complaint = (ground: Ground) => Promise<string[]>;

const services: Complaint = async ({ plan, provider }) => {
  const each = plan.machines.map(async (machine) => {
    const units = unitsOf(plan, machine);
    try {
      const { stdout } = await provider.exec(machine.name, ['systemctl', 'is-active', ...units], { timeoutMs: 10_000 });
      const states = stdout.trim().split('\n');
      return units.flatMap((unit, index) =>
        states[index] === 'active' ? [] : [`${unit} on ${machine.name} is ${states[index] || 'not known'}`],
      );
    } catch (error) {
      return [`${machine.name} can't be asked: ${reason(error)}`];
    }
  });
  return (await Promise.all(each)).flat();
};

const holders: Complaint = async (ground) => {
  const found = await gatherHolders(ground);
  const silent = found.silent.map((each) => `${each.machine} can't be asked: ${each.reason}`);
  return found.holders.length === 1
    ? silent
    : [`the VIP is held by ${found.holders.join(' and ') || 'nobody'}`, ...silent];
};

const site: Complaint = async (ground) => {
  const ask = async (path: string) => {
    const answer = await ground.vantage.ask({
      kind: 'request',
      scheme: 'https',
      method: 'GET',
      path,
      ...siteDoor(ground),
    });
    if ('problem' in answer) return [`${path} does not answer: ${answer.problem}`];
    return answer.status === 200 ? [] : [`${path} answers with status ${answer.status}`];
  };
  return (await Promise.all(['/', '/api/health'].map(ask))).flat();
};

const complaints: readonly Complaint[] = [services, holders, site];

/** What keeps the lab from being well, a line each; nothing when every service runs, one holds the VIP and the site answers. */
export const complaintsOf = async (ground: Ground): Promise<string[]> =>
  (await Promise.all(complaints.map((complaint) => complaint(ground)))).flat();

const againMs = 300;

/** Waits until the lab is well; returns what was still wrong when the time was over. */
export const waitUntilWell = async (ground: Ground, mostMs: number, signal?: AbortSignal): Promise<string[]> => {
  const untilMs = ground.clock.nowMs() + mostMs;
  for (;;) {
    const wrong = await complaintsOf(ground);
    if (wrong.length === 0 || ground.clock.nowMs() >= untilMs) return wrong;
    await ground.clock.sleep(againMs, signal);
  }
};
