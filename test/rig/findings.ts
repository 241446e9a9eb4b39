import type { ExecutionContext } from 'ava';
import type { Finding, Outcome } from '../../src/model/verdict.js';
import { type Ran, words } from './quintet.js';

/** What a verification found, from its report as JSON. */
export const findingsOf = (ran: Ran): Finding[] => {
  try {
    return (JSON.parse(ran.stdout) as { findings: Finding[] }).findings;
  } catch (error) {
    throw new Error(words(ran), { cause: error });
  }
};

/** What `quintet verify` finds. It plays up to three times by itself what came out as unknown. */
export const found = async (verify: (...line: string[]) => Promise<Ran>, ...line: string[]): Promise<Finding[]> =>
  findingsOf(await verify('verify', ...line, '--format', 'json'));

/** A finding in words, for whoever has to find out why a test failed. */
export const findingText = ({ id, outcome, detail, evidence = [] }: Finding): string =>
  [`${id}: ${outcome}: ${detail}`, ...evidence].join('; ');

/** The one of that name, which must have been judged. */
export const called = (findings: readonly Finding[], id: string): Finding => {
  const finding = findings.find((each) => each.id === id);
  if (finding === undefined) throw new Error(`${id} was not judged`);
  return finding;
};

/** How a line begins that tells what a test could not find out; test/run.ts tells them all once more. */
export const notFoundOut = 'not found out here: ';

/**
 * That is what came out. A computer that had no time to give may also have left it unknown, with that evidence: a correct lab
 * never fails and a broken one never passes, which is all that it can be held to. Returns whether it was found out.
 */
export const cameOut = (t: ExecutionContext, finding: Finding, wanted: Outcome): boolean => {
  const { id, outcome, detail } = finding;
  if (outcome === 'unknown' && /this computer was busy/.test(detail)) {
    t.log(`${notFoundOut}${id}: ${detail}`);
    t.pass();
    return false;
  }
  return t.is(outcome, wanted, findingText(finding));
};

export const passes = (t: ExecutionContext, findings: readonly Finding[]): void => {
  for (const one of findings) cameOut(t, one, 'pass');
};

/** It failed, and its words or its evidence say why. */
export const fails = (t: ExecutionContext, finding: Finding, says: RegExp): void => {
  if (cameOut(t, finding, 'fail')) t.regex([finding.detail, ...(finding.evidence ?? [])].join('\n'), says, finding.id);
};
