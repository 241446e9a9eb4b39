import type { Lab } from '../model/lab.js';
import type { Problem } from '../model/problem.js';
import { labSchema } from '../roles/lab-schema.js';
import { checkText } from './check-text.js';
import type { ComputerFacts } from './lab-rule.js';
import { labRules } from './rules.js';

export type ParsedLab =
  | { readonly ok: true; readonly lab: Lab; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * A lab from the text of its `lab.yaml`, or everything that is wrong with it. `file` is the name problems carry. With
 * `facts` about this computer the lab is also held against what the computer has.
 */
export const parseLab = (text: string, file: string, facts?: ComputerFacts): ParsedLab => {
  const kind = {
    schema: labSchema,
    subject: (lab: Lab, wrote: (path: readonly (string | number)[]) => boolean) => ({ lab, wrote, facts }),
    rules: labRules,
  };
  const checked = checkText(kind, text, file);
  return checked.ok ? { ok: true, lab: checked.data, warnings: checked.warnings } : checked;
};
