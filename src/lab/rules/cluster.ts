import { advertMsOf, masterDownMs } from '../../plan/timers.js';
import type { LabRule } from '../lab-rule.js';

/** Below this, a machine that was merely busy is taken for dead. */
const hastyMs = 50;
/** Above this, nobody would call it failover any more. */
const slowMs = 5000;

const advertIsSensible: LabRule = {
  reads: ['vrrp.advertMs'],
  check: ({ lab: { vrrp } }) => {
    const { advertMs } = vrrp;
    if (advertMs === undefined || (advertMs >= hastyMs && advertMs <= slowMs)) return [];
    const message =
      advertMs < hastyMs
        ? `an advert every ${advertMs} ms: a load balancer that is only busy will be taken for dead`
        : `an advert every ${advertMs / 1000} s: the site may be gone for ${Math.round(masterDownMs(254, advertMs) / 1000)} s`;
    return [
      {
        path: ['vrrp', 'advertMs'],
        severity: 'warning',
        message,
        hint: 'the timing called fast is 100 ms, balanced 300 ms, classic 1000 ms.',
      },
    ];
  },
};

const oneTiming: LabRule = {
  reads: ['vrrp.timing', 'vrrp.advertMs'],
  check: ({ lab: { vrrp }, wrote }) =>
    vrrp.advertMs === undefined || !wrote(['vrrp', 'timing']) || advertMsOf[vrrp.timing] === vrrp.advertMs
      ? []
      : [
          {
            path: ['vrrp', 'timing'],
            severity: 'warning',
            message: `timing: ${vrrp.timing} is not used: advertMs (${vrrp.advertMs}) goes before it`,
            hint: 'remove one of the two.',
          },
        ],
};

const delayNeedsPreempt: LabRule = {
  reads: ['vrrp.preempt', 'vrrp.preemptDelayS'],
  check: ({ lab: { vrrp }, wrote }) =>
    vrrp.preempt || !wrote(['vrrp', 'preemptDelayS'])
      ? []
      : [
          {
            path: ['vrrp', 'preemptDelayS'],
            at: 'key',
            severity: 'warning',
            message: 'preemptDelayS does nothing: a load balancer that returns does not take the VIP back',
            hint: 'set preempt: true, or remove preemptDelayS.',
          },
        ],
};

export const clusterRules: readonly LabRule[] = [advertIsSensible, oneTiming, delayNeedsPreempt];
