import type { Condition, Service } from '../model/scenario.js';

/** One thing that a condition asks for. */
export type Demand =
  | { readonly kind: 'made' | 'undone'; readonly name: string }
  | { readonly kind: 'vip' | 'backup' | 'well'; readonly target: string }
  | { readonly kind: 'up'; readonly service: Service; readonly target: string }
  | { readonly kind: 'answers'; readonly count: number };

/** Everything that a condition asks for, one by one, what costs least to find out first. */
export const demandsOf = ({ made, undone, vip, answers, up = {}, backup, well }: Condition = {}): Demand[] => [
  ...(made === undefined ? [] : [{ kind: 'made' as const, name: made }]),
  ...(undone === undefined ? [] : [{ kind: 'undone' as const, name: undone }]),
  ...(vip === undefined ? [] : [{ kind: 'vip' as const, target: vip }]),
  ...(answers === undefined ? [] : [{ kind: 'answers' as const, count: answers }]),
  ...Object.entries(up).map(([service, target]) => ({ kind: 'up' as const, service, target })),
  ...(backup === undefined ? [] : [{ kind: 'backup' as const, target: backup }]),
  ...(well === undefined ? [] : [{ kind: 'well' as const, target: well }]),
];

/** What is waited for, for people: `lb2 alone holds the VIP`. `on` names the machine of a target. */
export const demandWords = (demand: Demand, on: (target: string) => string): string => {
  switch (demand.kind) {
    case 'made':
      return `${demand.name} is made`;
    case 'undone':
      return `${demand.name} is undone`;
    case 'vip':
      return `${on(demand.target)} alone holds the VIP`;
    case 'backup':
      return `keepalived on ${on(demand.target)} is a backup that hears adverts`;
    case 'well':
      return `every service of ${on(demand.target)} runs`;
    case 'up':
      return `${demand.service} runs on ${on(demand.target)}`;
    case 'answers':
      return `the last ${demand.count} answers were good`;
  }
};
