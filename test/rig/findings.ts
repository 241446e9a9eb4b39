import type { ExecutionContext } from 'ava';
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

/** The one of that name, which must have been judged. */
export const called = (findings: readonly Finding[], id: string): Finding => {
  const finding = findings.find((each) => each.id === id);
  if (finding === undefined) throw new Error(`${id} was not judged`);
  return finding;
};

export const passes = (t: ExecutionContext, findings: readonly Finding[]): void => {
  for (const one of findings) t.is(one.outcome, 'pass', findingText(one));
};

export const fails = (t: ExecutionContext, finding: Finding, says: RegExp): void => {
  t.is(finding.outcome, 'fail', findingText(finding));
  t.regex(finding.detail, says);
};
