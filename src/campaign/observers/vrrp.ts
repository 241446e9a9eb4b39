import type { VrrpEvent } from '../../model/history.js';

export interface VrrpWord {
  readonly state: VrrpEvent['state'];
  /** How long before it was passed on it had happened, by the machine's own clock. */
  readonly agoMs: number;
}

/** `journal NOW`, then a journal line as `--output=short-unix` writes it: `THEN HOST PROGRAM[PID]: MESSAGE`. */
const shape = /^journal (\d+\.\d+) (\d+\.\d+) \S+ ([\w.-]+)(?:\[\d+\])?: (.*)$/;
const entering = /^\(\S+\) Entering (MASTER|BACKUP|FAULT) STATE/;
/** systemd's own words, which come however keepalived ended; on its way out it says goodbye and takes no more part. */
const ending =
  /^(?:Stopp(?:ing|ed) keepalived\.service|keepalived\.service: (?:Main process exited|Failed with|Deactivated))/;

const states = { MASTER: 'master', BACKUP: 'backup', FAULT: 'fault' } as const;

const stateIn = (program: string, message: string): VrrpWord['state'] | undefined => {
  if (program === 'systemd') return ending.test(message) ? 'stopped' : undefined;
  const name = entering.exec(message)?.[1] as keyof typeof states | undefined;
  return name && states[name];
};

/** What a line from a load balancer says of keepalived's state; undefined when it is about something else. */
export const vrrpAfter = (line: string): VrrpWord | undefined => {
  const [, now, then, program = '', message = ''] = shape.exec(line) ?? [];
  const state = stateIn(program, message);
  return state && { state, agoMs: Math.max(0, Math.round((Number(now) - Number(then)) * 1e5) / 100) };
};
