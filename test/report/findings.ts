import { verdictOf } from '../../src/check/verdict.js';
import type { Finding } from '../../src/model/verdict.js';
import type { RunFacts } from '../../src/report/json.js';

export const run: RunFacts = {
  lab: 'scale-up',
  title: 'Scale up',
  provider: 'container',
  startedAt: '2026-11-22T19:05:08.123Z',
  durationMs: 21_456,
};

const forbidden = ['lb1 to db:3306', 'lb2 to db:3306', 'web to db:3306'].map((pair) => `open but forbidden: ${pair}`);

export const findings: readonly Finding[] = [
  {
    kind: 'check',
    id: 'vip-holder',
    title: 'Exactly one load balancer holds the VIP',
    outcome: 'pass',
    detail: 'lb1 holds the VIP',
    durationMs: 120,
  },
  {
    kind: 'check',
    id: 'connections',
    title: 'Only the connections of the plan can be opened',
    outcome: 'fail',
    detail: `${forbidden.slice(0, 2).join('; ')}; and 1 more`,
    evidence: forbidden,
    durationMs: 1100,
  },
  {
    kind: 'check',
    id: 'tls-versions',
    title: 'TLS 1.2 and 1.3 only',
    outcome: 'unknown',
    detail: 'whether old TLS is refused could not be seen',
  },
  {
    kind: 'scenario',
    id: 'haproxy-killed',
    title: 'HAProxy is killed on the machine that holds the VIP',
    outcome: 'pass',
    detail: '4 of 620 requests failed; carried by lb1, then lb2',
    measures: [
      { name: 'outage', value: 40.4, unit: 'ms', atMost: 1052.7 },
      { name: 'sent', value: 620, unit: 'requests' },
    ],
    durationMs: 6200,
  },
  {
    kind: 'scenario',
    id: 'cable-cut',
    title: 'The cable is pulled',
    outcome: 'skipped',
    detail: "the libvirt provider can't pull the cable",
  },
];

export const verdict = verdictOf(findings);
