import type { FaultEvent, History } from '../model/history.js';
import type { ScheduledScenario } from '../model/scenario.js';
import { fail, type Judgement, pass, unknown } from './judgement.js';
import { faultsOf } from './spells.js';
import { together } from './together.js';

type Wanted = ScheduledScenario['expect']['switched'];

const judgeAnswer = ({ answer, machine, why }: FaultEvent, wanted: Wanted): Judgement => {
  const because = why === undefined ? '' : `: ${why}`;
  if (answer === undefined) return unknown(`whether ${machine} was switched to is not known`);
  if (answer === 'refused' && wanted === 'refused')
    return pass(`the switch to ${machine} was refused`, [...(why ? [why] : [])]);
  if (answer === 'refused') return fail(`the switch to ${machine} was refused${because}`);
  return wanted === 'refused'
    ? fail(`${machine} was switched to, and should not have been`)
    : pass(`${machine} was switched to`);
};

/** Judges that application servers were switched to, or that it was refused, as the scenario wants it. */
export const judgeSwitches = (history: History, wanted: Wanted): Judgement | undefined => {
  const switches = faultsOf(history).filter(({ fault }) => fault === 'switch');
  return switches.length === 0 ? undefined : together(switches.map((each) => judgeAnswer(each, wanted)));
};
