import { anyone, type Connection, type Plan, vantageName } from '../model/plan.js';
import type { Attempt, ConnectionFacts, Target } from './facts.js';
import { failBy, type Judgement, pass, unknown } from './judgement.js';

const keyOf = (target: Target): string => `${target.address}:${target.port}`;

/** The row of the plan that lets `from` open a connection to the target. */
const rowFor = (plan: Plan, from: string, target: Target): Connection | undefined =>
  plan.connections.find(
    (row) =>
      row.protocol === 'tcp' &&
      (row.from === from || row.from === anyone) &&
      row.address === target.address &&
      row.port === target.port,
  );

/** Whether the plan lets `from` open a connection to the target. */
export const isAllowed = (plan: Plan, from: string, target: Target): boolean =>
  rowFor(plan, from, target) !== undefined;

/** Whether it is open, or nobody listens there where somebody does only now and then. */
export const isFine = (plan: Plan, { from, answer, ...target }: Attempt): boolean =>
  answer === 'open' || (answer === 'refused' && rowFor(plan, from, target)?.sometimes === true);

/**
 * What one source tries: every service port of the lab, and every port some machine listens on, at every address. Its own
 * addresses are left out (a machine's words to itself pass no firewall), and so is the VIP where it may be its own.
 */
export const targetsFor = (plan: Plan, source: string, listening: readonly Target[]): Target[] => {
  const own = plan.machines.find((machine) => machine.name === source);
  const mayHoldVip = own?.roles.includes('load-balancer') ?? false;
  const ports = [...new Set([...Object.values(plan.ports), ...listening.map((each) => each.port)])];
  const addresses = [...plan.machines.map((machine) => machine.address), plan.network.vip];
  return addresses
    .filter((address) => address !== own?.address)
    .flatMap((address) => ports.map((port) => ({ address, port })))
    .filter((target) => !(mayHoldVip && target.address === plan.network.vip && !isAllowed(plan, source, target)));
};

export const sourcesOf = (plan: Plan): string[] => [vantageName, ...plan.machines.map((machine) => machine.name)];

/**
 * Judges the connection matrix: open if and only if the plan allows it. What is closed because nothing listens there
 * proves nothing about the firewall; how many refusals were proven is said.
 */
export const judgeConnections = (facts: ConnectionFacts, plan: Plan): Judgement => {
  const name = namer(plan);
  const open = (attempt: Attempt) => attempt.answer === 'open';
  const fine = (attempt: Attempt) => isFine(plan, attempt);
  const allowed = facts.attempts.filter((attempt) => isAllowed(plan, attempt.from, attempt));
  const forbidden = facts.attempts.filter((attempt) => !isAllowed(plan, attempt.from, attempt));
  const wrong = [
    ...forbidden.filter(open).map((each) => `open but forbidden: ${each.from} to ${name(each)}`),
    ...allowed
      .filter((each) => !fine(each))
      .map((each) => `closed but allowed: ${each.from} to ${name(each)} (${each.answer})`),
  ];
  const unseen = [
    ...facts.silent.map((each) => `${each.machine} could not be asked: ${each.reason}`),
    ...untried(facts, plan),
  ];
  const late = !forbidden.some(open) && allowed.every((each) => fine(each) || each.answer === 'timeout');
  if (wrong.length > 0) return failBy(late ? 'timeout' : '', shortened(wrong), [...wrong, ...unseen]);
  if (unseen.length > 0) return unknown(shortened(unseen), unseen);
  const live = new Set([...facts.listening.map(keyOf), ...facts.attempts.filter(open).map(keyOf)]);
  const proven = forbidden.filter((each) => live.has(keyOf(each)));
  const idle = allowed.filter((each) => !open(each));
  return pass(
    `${allowed.length - idle.length} allowed are open, ${proven.length} forbidden are closed though something listens`,
    [
      ...allowed.filter(open).map((each) => `open: ${each.from} to ${name(each)}`),
      ...idle.map((each) => `allowed, and nobody listens at the moment: ${each.from} to ${name(each)}`),
      ...proven.map((each) => `closed: ${each.from} to ${name(each)} (${each.answer})`),
      `${forbidden.length - proven.length} more are closed because nothing listens there`,
    ],
  );
};

/** Rows of the plan that nobody tried, and so are not known. */
const untried = (facts: ConnectionFacts, plan: Plan): string[] =>
  sourcesOf(plan)
    .filter((source) => !facts.silent.some((each) => each.machine === source))
    .flatMap((source) =>
      targetsFor(plan, source, [])
        .filter((target) => !facts.attempts.some((each) => each.from === source && keyOf(each) === keyOf(target)))
        .map((target) => `not tried: ${source} to ${keyOf(target)}`),
    );

const namer =
  (plan: Plan) =>
  (target: Target): string => {
    const machine = plan.machines.find((each) => each.address === target.address)?.name;
    return `${machine ?? (target.address === plan.network.vip ? 'the VIP' : target.address)}:${target.port}`;
  };

const shortened = (lines: readonly string[]): string =>
  lines.length <= 2 ? lines.join('; ') : `${lines.slice(0, 2).join('; ')}; and ${lines.length - 2} more`;
