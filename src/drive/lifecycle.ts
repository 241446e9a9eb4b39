import type { Step } from '../model/events.js';
import type { Plan } from '../model/plan.js';
import { traitsOf } from '../model/provider-traits.js';
import type { MachineState } from '../providers/provider.js';

/** What a user can want of a machine. */
export type Wanted = 'running' | 'provisioned' | 'stopped' | 'absent';

/** What is remembered of one machine; a hint only: the truth is what the provider observes. */
export interface MachineRecord {
  /** The last step that was begun, and whether it was finished. */
  readonly step: Step;
  readonly result: 'begun' | 'done' | 'failed';
  /** What the machine was created from, see `madeFrom`. */
  readonly madeFrom?: string;
  /** What it was last started with, see `shapeOf`. */
  readonly shape?: string;
  /** Hash of the files and secrets of the last provision that succeeded; absent once another one has begun. */
  readonly provisionedWith?: string;
  /** From its creation until it is provisioned for the first time: nothing has happened in it yet. */
  readonly fresh?: boolean;
}

/** What a machine would be made from and provisioned with now. */
export interface MachineInputs {
  readonly madeFrom: string;
  readonly shape: string;
  /** Absent when nothing is to be provisioned; for a restore: what it was provisioned with when it was saved. */
  readonly files?: string;
}

export interface Decision {
  readonly observed: MachineState;
  readonly record: MachineRecord | undefined;
  readonly inputs: MachineInputs;
  readonly wanted: Wanted;
  /** Provision even when nothing changed. */
  readonly again?: boolean;
}

/** Saving and restoring lead to no state of their own. */
export type LifeStep = Exclude<Step, 'save' | 'restore'>;

/** Switched on, whether it does anything or is paused. */
export const isOn = (state: MachineState): boolean => state === 'running' || state === 'paused';

/** The steps that lead from what is to what is wanted. */
export const stepsTo = (decision: Decision): readonly LifeStep[] => {
  const { observed, wanted } = decision;
  if (wanted === 'absent') return ['destroy'];
  if (wanted === 'stopped') return isOn(observed) ? ['stop'] : [];
  const up = stepsUp(decision);
  return wanted === 'provisioned' && needsProvision(decision) ? [...up, 'provision'] : up;
};

const stepsUp = ({ observed, record, inputs }: Decision): readonly LifeStep[] => {
  if (observed === 'absent') return ['create', 'start'];
  if (observed === 'stopped') return ['start'];
  const reshaped = record?.shape !== undefined && record.shape !== inputs.shape;
  if (reshaped || wasCutShort(record)) return ['stop', 'start'];
  return observed === 'paused' ? ['start'] : [];
};

/** A machine runs before its start is over: it may have neither name nor address yet, and nobody gives it them later. */
const wasCutShort = (record: MachineRecord | undefined): boolean =>
  record?.step === 'start' && record.result !== 'done';

/** A provision is idempotent: in doubt it runs again. */
const needsProvision = ({ observed, record, inputs, again }: Decision): boolean =>
  again === true ||
  observed === 'absent' ||
  record?.provisionedWith === undefined ||
  record.provisionedWith !== inputs.files;

export interface Obstacle {
  readonly why: string;
  /** What the user can do about it. */
  readonly hint: string;
}

/** Why a machine that exists can't be brought to what is wanted without destroying it first; undefined when it can. */
export const obstacle = ({ observed, record, inputs, wanted }: Decision): Obstacle | undefined => {
  const was = record?.madeFrom;
  if (was === undefined || was === inputs.madeFrom) return undefined;
  const provider = providerIn(was);
  if (provider !== providerIn(inputs.madeFrom)) {
    return {
      why: `was made by the provider ${provider}, and lab.yaml now says ${providerIn(inputs.madeFrom)}`,
      hint: `Set provider: ${provider} in lab.yaml and run quintet destroy; then change it and run quintet up.`,
    };
  }
  if (observed === 'absent' || wanted === 'absent' || wanted === 'stopped') return undefined;
  return {
    why: `was made from ${was}, and lab.yaml now says ${inputs.madeFrom}`,
    hint: 'Run quintet destroy (what the machines hold is lost), then quintet up.',
  };
};

const providerIn = (madeFrom: string): string => madeFrom.split(', ')[0] ?? madeFrom;

/** What a machine's disk depends on from its first moment, in words; the provider comes first. */
export const madeFrom = (plan: Plan): string => {
  const { provider, system, box } = plan;
  const isBuilt = traitsOf(plan).madeFrom === 'base';
  const disk = isBuilt ? [runtimeWords(plan), plan.database.engine] : [box.name, box.url, box.sha256];
  return [provider, system, ...disk].filter((word) => word !== undefined).join(', ');
};

/** Its base holds the packages of an application of one's own. */
const runtimeWords = ({ app: { runtime, packages = [] } }: Plan): string =>
  packages.length === 0 ? runtime : `${runtime} (${packages.join(' ')})`;

/** What takes effect when a machine starts: its resources and its place in the network. */
export const shapeOf = (plan: Plan, machine: string): string => {
  const planned = plan.machines.find(({ name }) => name === machine);
  return JSON.stringify([planned?.address, planned?.memoryMb, planned?.cores, plan.network.subnet]);
};

/** Those that change what is on the disk: one under way forgets what the machine was provisioned with. */
const forgetful: readonly Step[] = ['create', 'provision', 'restore', 'destroy'];

/** What is remembered when a step begins. */
export const begun = (record: MachineRecord | undefined, step: Step, inputs: MachineInputs): MachineRecord => {
  const { provisionedWith, ...rest }: Partial<MachineRecord> = record ?? {};
  return {
    ...rest,
    step,
    result: 'begun',
    ...(step === 'create' || rest.madeFrom === undefined ? { madeFrom: inputs.madeFrom } : {}),
    ...(step === 'start' ? { shape: inputs.shape } : {}),
    ...(step === 'create' ? { fresh: true } : {}),
    ...(forgetful.includes(step) || provisionedWith === undefined ? {} : { provisionedWith }),
  };
};

/** What is remembered when a step ended; undefined: nothing, the machine is gone. */
export const ended = (
  record: MachineRecord,
  result: 'done' | 'failed',
  inputs: MachineInputs,
): MachineRecord | undefined => {
  if (record.step === 'destroy' && result === 'done') return undefined;
  const provisioned =
    (record.step === 'provision' || record.step === 'restore') && result === 'done' && inputs.files !== undefined;
  const { fresh: _, ...used } = record;
  return { ...(provisioned ? used : record), result, ...(provisioned ? { provisionedWith: inputs.files } : {}) };
};
