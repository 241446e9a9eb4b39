import type { Finding } from '../../src/model/verdict.js';
import { type Ran, words } from './quintet.js';

/** What a verification found, from its report as JSON. */
export const findingsOf = (ran: Ran): Finding[] => {
  try {
    return (JSON.parse(ran.stdout) as { findings: Finding[] }).findings;
  } catch (error) {
    throw new Error(words(ran), { cause: error });
  }
};

/** A finding in words, for whoever has to find out why a test failed. */
export const findingText = ({ id, outcome, detail, evidence = [] }: Finding): string =>
  [`${id}: ${outcome}: ${detail}`, ...evidence].join('; ');
