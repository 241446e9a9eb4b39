/** What a fault may be done to, by the names people use; src/plan/services.ts knows which there are. */
export type Service = string;

export const directions = ['both', 'in', 'out'] as const;
export type Direction = (typeof directions)[number];

/** The settings a kind of fault can have. */
export const faultOptions = ['service', 'direction', 'percent', 'bySeconds', 'path'] as const;
export type FaultOption = (typeof faultOptions)[number];

export interface FaultKindRow {
  /** The fault in words, after "can't". */
  readonly words: string;
  /** What has to be said with it, and what may be. */
  readonly required?: readonly FaultOption[];
  readonly optional?: readonly FaultOption[];
  /** Over as soon as it is made: it has no duration, and its undoing only makes sure that the machine is whole. */
  readonly momentary?: true;
  /** Nothing runs on the machine as long as it lasts: it can't be asked, and no other fault can be made there. */
  readonly still?: true;
  /** It keeps the machine's own programs from running, and so does its undoing. */
  readonly strains?: true;
}

/** Everything that a scenario can do to a machine. How it is done stands in src/campaign/faults. */
export const faultKindTable = {
  'process-killed': { words: 'kill a process', required: ['service'] },
  'worker-killed': { words: 'kill one worker of a service', required: ['service'], momentary: true },
  'process-hung': { words: 'hang a process', required: ['service'], strains: true },
  'service-stopped': { words: 'stop a service', required: ['service'] },
  'service-restarted': { words: 'restart a service', required: ['service'], momentary: true },
  'service-reloaded': { words: 'reload a service', required: ['service'], momentary: true },
  'config-broken': { words: 'break a configuration', required: ['service'] },
  'power-cut': { words: 'cut the power', still: true, strains: true },
  'machine-paused': { words: 'pause a machine', still: true, strains: true },
  'cable-cut': { words: 'pull the cable', optional: ['direction'] },
  'vrrp-partition': { words: 'part the load balancers' },
  'cluster-partition': { words: 'part the databases' },
  promote: { words: 'put the replica in the place of its source' },
  'promote-blindly': { words: 'do that whatever the replica lacks' },
  'packet-loss': { words: 'lose packets', required: ['percent'] },
  'cpu-pressure': { words: 'keep the processors busy', strains: true },
  'memory-pressure': { words: 'fill the memory', required: ['percent'], strains: true },
  'disk-full': { words: 'fill the disk', optional: ['path'], strains: true },
  'table-dropped': { words: 'drop a table', strains: true },
  switch: { words: 'switch to an application server', momentary: true },
  'clock-jump': { words: 'set the clock', required: ['bySeconds'] },
} as const satisfies Readonly<Record<string, FaultKindRow>>;

export type FaultKind = keyof typeof faultKindTable;
export const faultKinds = Object.keys(faultKindTable) as [FaultKind, ...FaultKind[]];
export const faultKindRow = (kind: FaultKind): FaultKindRow => faultKindTable[kind];
