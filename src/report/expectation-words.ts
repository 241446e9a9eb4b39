import { counted, ms } from '../check/words.js';
import type { ScheduledScenario, ScheduledSite, ScheduledVip } from '../model/scenario.js';

const given = <T>(value: T | undefined, words: (value: T) => string): string[] =>
  value === undefined ? [] : [words(value)];

const siteWords = (name: string, site: ScheduledSite | undefined): string[] =>
  site === undefined
    ? []
    : [
        ...(site.outageExpected ? [`${name}: an outage is expected`] : []),
        ...given(site.outageAtMostMs, (most) => `${name}: outage at most ${ms(most)}`),
        ...given(site.failedAtMost, (most) =>
          most === 0 ? `${name}: no request fails` : `${name}: at most ${counted(most, 'request')} may fail`,
        ),
        ...given(site.status, (status) => `${name}: meanwhile a clear ${status}`),
        ...given(site.backWithinMs, (within) => `${name}: back within ${ms(within)}`),
      ];

const moves = {
  never: 'the VIP stays where it is',
  away: 'the VIP moves to another load balancer',
  back: 'the VIP moves and comes back',
  either: 'the VIP moves, and may come back',
} as const;

const vipWords = (vip: ScheduledVip | undefined): string[] =>
  vip === undefined
    ? []
    : [
        ...(vip.heldByOne ? ['one load balancer holds the VIP'] : []),
        ...(vip.splitExpected ? ['two load balancers hold the VIP while they are parted'] : []),
        ...given(vip.moves, (move) => moves[move]),
        ...given(vip.notOneAtMostMs, (most) => `none or several hold the VIP for at most ${ms(most)}`),
        ...given(vip.oneWithinMs, (within) => `one holder again within ${ms(within)}`),
      ];

/** What a scenario expects of the lab, a line for each statement. */
export const expectationWords = ({ expect, repeat, untilSure }: ScheduledScenario): string[] => [
  ...given(
    untilSure,
    ({ sharePercent, confidencePercent }) =>
      `${sharePercent} % hold, at ${confidencePercent} % confidence: ${repeat} of ${repeat} runs`,
  ),
  ...siteWords('the site', expect.site),
  ...siteWords('static pages', expect.static),
  ...siteWords('dynamic pages', expect.dynamic),
  ...vipWords(expect.vip),
  ...(expect.writes === 'kept' ? ['every acknowledged write is kept, and is seen by reads that begin after it'] : []),
  ...(expect.writes === 'none' ? ['writes are not asked about: the application takes none'] : []),
  ...given(expect.breaksAtMost, (most) =>
    most === 0 ? 'no kept connection breaks' : `at most ${counted(most, 'kept connection')} may break`,
  ),
  ...given(expect.alert, ({ name, withinMs, resolvedWithinMs }) =>
    [
      `the alert ${name} fires within ${ms(withinMs)} and names the machine`,
      ...given(resolvedWithinMs, (within) => `is over within ${ms(within)}`),
    ].join(', '),
  ),
];
