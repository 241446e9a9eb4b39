import type { VerificationRecord } from '../model/history.js';
import type { Verdict } from '../model/verdict.js';
import { htmlReport } from './html.js';
import { jsonReport } from './json.js';
import { junitReport } from './junit.js';
import { runFactsOf } from './run-facts.js';

/** What lies beside a history: name -> text. It loads the charts' library, so import it where it is needed. */
export const reportFiles = (
  verdict: Verdict,
  record: VerificationRecord,
  topologySvg?: string,
): ReadonlyMap<string, string> => {
  const run = runFactsOf(record);
  return new Map([
    ['report.html', htmlReport(verdict, record, { topologySvg })],
    ['report.json', jsonReport(verdict, run)],
    ['junit.xml', junitReport(verdict, run)],
  ]);
};
