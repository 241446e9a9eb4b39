import { start } from '../../../src/host/command.js';
import type { LabEvent } from '../../../src/model/events.js';
import { programOf } from '../source.js';
import type { Calls } from './inside.js';
import type { Rig } from './rig.js';

/** What Quintet said no with, as it came through the pipe. */
export interface Refusal {
  readonly kind: string;
  readonly message: string;
  readonly hint?: string;
  readonly log: string;
  readonly stack: string;
}

export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`${refusal.kind}: ${refusal.message}\n${refusal.log}`);
    this.refusal = refusal;
  }
}

/** A Quintet at work on one lab, on a rig's computer. */
export interface LabInside {
  readonly folder: string;
  readonly events: LabEvent[];
  ask<Name extends keyof Calls>(
    name: Name,
    ...args: Parameters<Calls[Name]>
  ): Promise<Awaited<ReturnType<Calls[Name]>>>;
  close(): Promise<void>;
}

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: Refusal;
  readonly event?: LabEvent;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

export const openLab = (rig: Rig, folder: string): LabInside => {
  const argv = rig.inside([...programOf('test/rig/vboxmanage/inside.ts'), folder]);
  const companion = start(argv, { env: rig.env });
  const waiting = new Map<number, Waiting>();
  const events: LabEvent[] = [];
  const hear = ({ id, result, error, event }: Answer): void => {
    if (event) events.push(event);
    if (id === undefined) return;
    if (error) waiting.get(id)?.reject(new Refused(error));
    else waiting.get(id)?.resolve(result as never);
    waiting.delete(id);
  };
  const listen = async () => {
    for await (const line of companion.lines) hear(JSON.parse(line) as Answer);
    const { stderr } = await companion.done;
    for (const { reject } of waiting.values()) reject(new Error(`the Quintet inside ended: ${stderr}`));
  };
  void listen();
  let last = 0;
  return {
    folder,
    events,
    ask: (name, ...args) =>
      new Promise((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve, reject });
        companion.write(`${JSON.stringify({ id: last, name, args })}\n`);
      }),
    close: () => companion.stop(),
  };
};

export const stdoutOf = async (lab: LabInside, machine: string, ...argv: string[]): Promise<string> =>
  (await lab.ask('exec', machine, argv, { timeoutMs: 20_000 })).stdout.trim();

/** What Quintet said no with; undefined where it did not. */
export const refusalOf = (work: Promise<unknown>): Promise<Refusal | undefined> =>
  work.then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof Refused) return error.refusal;
      throw error;
    },
  );
