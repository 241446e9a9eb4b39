import type { Path, Remark } from '../../model/problem.js';
import type { SiteExpectation, VipExpectation } from '../../model/scenario.js';
import type { ScenarioRule } from './scenario-rule.js';

const parts = ['site', 'static', 'dynamic'] as const;

/** Two keys that can't both hold, and why. */
interface Contradiction<Expectation> {
  readonly when: (expectation: Expectation) => boolean;
  readonly key: keyof Expectation & string;
  readonly message: string;
  readonly hint: string;
}

const siteContradictions: readonly Contradiction<SiteExpectation>[] = [
  {
    when: ({ outage, failedAtMost }) => outage !== undefined && failedAtMost !== undefined,
    key: 'failedAtMost',
    message: 'an outage is expected here, and in an outage requests fail',
    hint: 'remove the one or the other; outageAtMost says how long the outage may be.',
  },
  {
    when: ({ outage, status }) => outage === undefined && status !== undefined,
    key: 'status',
    message: 'status is what must be answered during an outage, and none is expected',
    hint: 'add outage: expected, or remove it.',
  },
];

const vipContradictions: readonly Contradiction<VipExpectation>[] = [
  {
    when: ({ heldBy, split }) => heldBy !== undefined && split !== undefined,
    key: 'heldBy',
    message: 'heldBy: one means that never two hold the VIP, and split: expected that two must',
    hint: 'after the split, oneWithin says how soon one alone must hold it.',
  },
  {
    when: ({ moves, split }) => moves === 'never' && split !== undefined,
    key: 'moves',
    message: 'moves: never means that no other ever holds the VIP, and split: expected that another must',
    hint: 'remove the one or the other.',
  },
];

const found = <Expectation>(
  all: readonly Contradiction<Expectation>[],
  expectation: Expectation | undefined,
  path: Path,
): readonly Remark[] =>
  expectation === undefined
    ? []
    : all
        .filter(({ when }) => when(expectation))
        .map(({ key, message, hint }) => ({ path: [...path, key], at: 'key', message, hint }));

const sections = ['expect', 'alone'] as const;

const noContradictions: ScenarioRule = {
  reads: [...sections],
  each: '*.*',
  check: ({ scenario }) =>
    sections.flatMap((section) => [
      ...parts.flatMap((part) => found(siteContradictions, scenario[section]?.[part], [section, part])),
      ...found(vipContradictions, scenario[section]?.vip, [section, 'vip']),
    ]),
};

/** What static or dynamic requests must suffer, the site as a whole can't be spared. */
const wholeSuffersWithPart: ScenarioRule = {
  reads: [...sections],
  check: ({ scenario }) =>
    sections.flatMap((section): Remark[] => {
      const expect = scenario[section];
      const part = parts.find((each) => expect?.[each]?.outage === 'expected');
      if (part === undefined || part === 'site' || expect?.site?.failedAtMost === undefined) return [];
      return [
        {
          path: [section, 'site', 'failedAtMost'],
          at: 'key',
          message: `site is static and dynamic requests together, and ${part} ones are expected to fail`,
          hint: `write it under ${part === 'static' ? 'dynamic' : 'static'}.`,
        },
      ];
    }),
};

export const expectationRules: readonly ScenarioRule[] = [noContradictions, wholeSuffersWithPart];
