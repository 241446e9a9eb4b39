import type { FaultEvent, History } from '../model/history.js';
import { fail, type Judgement, pass, unknown } from './judgement.js';
import { faultsOf } from './spells.js';
import { together } from './together.js';

const judgeAnswer = ({ answer, machine, service }: FaultEvent): Judgement => {
  const whose = `${service ?? 'the service'} on ${machine}`;
  if (answer === 'refused') return pass(`${whose} refused a broken configuration`);
  if (answer === 'accepted') return fail(`${whose} took a broken configuration`);
  return unknown(`what ${whose} made of a broken configuration is not known`);
};

/** Judges that a configuration with a typo in it is refused. */
export const judgeBrokenConfiguration = (history: History): Judgement | undefined => {
  const broken = faultsOf(history).filter((fault) => fault.fault === 'config-broken');
  return broken.length === 0 ? undefined : together(broken.map(judgeAnswer));
};
