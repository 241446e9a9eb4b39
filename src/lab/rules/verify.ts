import type { LabRule } from '../lab-rule.js';

const limitBeforeTimeout: LabRule = {
  reads: ['verify.limitMs', 'verify.timeoutMs'],
  check: ({ lab: { verify }, wrote }) =>
    verify.timeoutMs >= verify.limitMs
      ? []
      : [
          {
            path: wrote(['verify', 'timeoutMs']) ? ['verify', 'timeoutMs'] : ['verify', 'limitMs'],
            message: `a probe would be given up after ${verify.timeoutMs} ms, before its limit of ${verify.limitMs} ms`,
            hint: 'timeoutMs must be at least limitMs.',
          },
        ],
};

export const verifyRules: readonly LabRule[] = [limitBeforeTimeout];
