import type { Finding, Verdict } from '../model/verdict.js';

/** In a description `#` would begin a directive and `\` an escape; a line ends a test (TAP 14). */
const description = (text: string): string =>
  text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\#]/g, (sign) => `\\${sign}`);

/** JSON strings are YAML strings, and so need no rules of their own. */
const yaml = (finding: Finding): string[] => {
  const measures = finding.measures ?? [];
  const evidence = finding.evidence ?? [];
  return [
    '  ---',
    `  id: ${JSON.stringify(finding.id)}`,
    `  outcome: ${finding.outcome}`,
    `  detail: ${JSON.stringify(finding.detail)}`,
    ...(finding.durationMs === undefined ? [] : [`  duration_ms: ${Math.round(finding.durationMs)}`]),
    ...(measures.length === 0 ? [] : ['  measures:', ...measures.map((each) => `    - ${JSON.stringify(each)}`)]),
    ...(finding.distribution === undefined ? [] : [`  distribution: ${JSON.stringify(finding.distribution)}`]),
    ...(finding.certainty === undefined ? [] : [`  certainty: ${JSON.stringify(finding.certainty)}`]),
    ...(finding.singlePointOfFailure === undefined
      ? []
      : [`  single_point_of_failure: ${JSON.stringify(finding.singlePointOfFailure)}`]),
    ...(evidence.length === 0 ? [] : ['  evidence:', ...evidence.map((line) => `    - ${JSON.stringify(line)}`)]),
    '  ...',
  ];
};

const testPoint = (finding: Finding, index: number): string[] => {
  const ok = finding.outcome === 'pass' || finding.outcome === 'skipped' ? 'ok' : 'not ok';
  const skip = finding.outcome === 'skipped' ? ` # SKIP ${description(finding.detail)}` : '';
  return [`${ok} ${index + 1} - ${description(finding.title)}${skip}`, ...yaml(finding)];
};

/** TAP version 14. Unknown is `not ok`, since it is not known to be ok; its diagnostic says which of the two it is. */
export const tapReport = ({ findings }: Verdict): string =>
  [
    'TAP version 14',
    findings.length === 0 ? '1..0 # SKIP nothing was verified' : `1..${findings.length}`,
    ...findings.flatMap(testPoint),
    '',
  ].join('\n');
