import { writeScenario } from '../lab/write-scenario.js';
import type { Pace } from '../model/pace.js';
import type { Finding } from '../model/verdict.js';
import { scheduled } from '../plan/expectation.js';
import type { RoleRow } from '../plan/random-scenario.js';
import { type RandomFault, randomFaults, randomRows, randomScenario, smaller } from '../plan/random-scenario.js';
import { impossible } from './faults/fault-table.js';
import { playScenario, type Verification } from './play-scenario.js';

/** Faults chosen by chance: the same seed chooses the same. */
export interface RandomCampaign {
  /** A whole number of 32 bits. */
  readonly seed: number;
  readonly forMs: number;
}

type Play = (id: string, faults: readonly RandomFault[]) => Promise<Finding>;

/**
 * Plays episode after episode until the time is over or one fails; then looks for a smaller schedule that fails as well
 * and says it as a scenario file.
 */
export const playRandomly = async (
  verification: Verification,
  { seed, forMs }: RandomCampaign,
  pace: Pace,
): Promise<void> => {
  const { clock, plan, emit } = verification;
  const play: Play = (id, faults) => playScenario(verification, scheduled(randomScenario(id, faults), plan, pace));
  const untilMs = clock.nowMs() + forMs;
  const rows = await possibleRows(verification);
  emit({ type: 'note', text: `Faults by chance for ${Math.round(forMs / 1000)} s, seed ${seed}.` });
  for (let episode = 1; clock.nowMs() < untilMs && !verification.deadline?.aborted; episode += 1) {
    const faults = randomFaults(seed, episode, plan, rows);
    const name = `random-${seed >>> 0}-${episode}`;
    const finding = await play(name, faults);
    if (finding.outcome !== 'fail') continue;
    const least = await shrunk(play, name, faults);
    const text = writeScenario(randomScenario(`${name}-least`, least));
    await verification.reports.write(`${name}-least.yaml`, text);
    emit({ type: 'note', text: `The smallest schedule that still fails:\n${text}` });
    return;
  }
};

/** What this lab's provider can do, so that no episode is skipped. */
const possibleRows = async (verification: Verification): Promise<RoleRow[]> => {
  const possible: RoleRow[] = [];
  for (const row of randomRows) {
    const machine = verification.plan.machines.find(({ roles }) => roles.includes(row.role));
    if (machine === undefined) continue;
    const why = await impossible(verification, { machine: machine.name, ...row.settings });
    if (why === undefined) possible.push(row);
  }
  return possible;
};

/** A failing schedule from which nothing can be left out without it passing (this time). */
const shrunk = async (play: Play, name: string, faults: readonly RandomFault[]): Promise<readonly RandomFault[]> => {
  let tries = 0;
  for (const candidate of smaller(faults)) {
    tries += 1;
    const finding = await play(`${name}-smaller-${tries}`, candidate);
    if (finding.outcome === 'fail') return shrunk(play, `${name}-smaller-${tries}`, candidate);
  }
  return faults;
};
