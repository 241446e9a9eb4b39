import type { HolderFacts } from '../../check/facts.js';
import { reason } from '../../check/judgement.js';
import { type Ground, withRole } from '../ground.js';

/** Asks every load balancer whether its own interfaces bear the VIP. */
export const gatherHolders = async ({ plan, provider }: Pick<Ground, 'plan' | 'provider'>): Promise<HolderFacts> => {
  const asked = withRole(plan, 'load-balancer').map(async ({ name }) => {
    try {
      const argv = ['ip', '-o', '-4', 'addr', 'show', 'to', plan.network.vip];
      const { exitCode, stdout, stderr } = await provider.exec(name, argv, { timeoutMs: 5000 });
      if (exitCode !== 0) return { name, silence: stderr.trim() || `exit code ${exitCode}` };
      return { name, holds: stdout.trim() !== '' };
    } catch (error) {
      return { name, silence: reason(error) };
    }
  });
  const all = await Promise.all(asked);
  return {
    holders: all.filter((each) => each.holds).map((each) => each.name),
    silent: all.flatMap(({ name, silence }) => (silence === undefined ? [] : [{ machine: name, reason: silence }])),
  };
};
