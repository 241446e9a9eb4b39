import type { Plan } from '../../model/plan.js';
import type { FaultSettings } from '../../model/scenario.js';
import type { Provider } from '../../providers/provider.js';

/** A fault that was made, or is about to be, and how to find it again. */
export interface OpenFault extends FaultSettings {
  readonly machine: string;
}

/** What faults are made on. */
export interface FaultGround {
  readonly plan: Plan;
  readonly provider: Provider;
}

/** What the machine said to it, where the fault is a question: whether a broken configuration was taken. */
export interface FaultAnswer {
  readonly answer?: 'refused' | 'accepted';
  /** Why it was refused. */
  readonly why?: string;
}

/** How one kind of fault is made and undone. */
export interface FaultRow {
  /** Why it can't be made on that machine here, for people; undefined when it can. Asks a machine that runs. */
  readonly impossible?: (ground: FaultGround, open: OpenFault) => string | undefined | Promise<string | undefined>;
  /** Both may be called again and again, and `undo` also when `make` never came to its end or the machine was restarted since. */
  readonly make: (ground: FaultGround, open: OpenFault) => Promise<FaultAnswer | undefined>;
  readonly undo: (ground: FaultGround, open: OpenFault) => Promise<void>;
}
