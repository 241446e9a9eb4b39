import ejs from 'ejs';
import type { Role } from '../model/lab.js';
import type { Plan, PlannedMachine } from '../model/plan.js';
import { boxName } from '../plan/boxes.js';
import { servicesOn, unitOf } from '../plan/services.js';
import { roleNamed } from '../roles/roles.js';
import { quoteFor } from './language.js';
import * as quotes from './quote.js';

/** Text that is already in the language of the file it goes to. */
export interface Quoted {
  readonly quoted: string;
}

const isQuoted = (value: unknown): value is Quoted => typeof value === 'object' && value !== null && 'quoted' in value;

/** What every template sees. */
export interface Scope {
  readonly plan: Plan;
  /** The machine the file goes to; the Vagrantfile has none. */
  readonly machine?: PlannedMachine;
  /** What the engine has composed: the only text that may go through `<%- %>`. */
  readonly pieces?: Readonly<Record<string, string>>;
}

type QuoteName = keyof typeof quotes;

/** Where a template needs another language than its own file's: `<%= as.sqlString(x) %>`, `# <%= as.comment(x) %>`. */
const as = Object.fromEntries(
  Object.entries(quotes).map(([name, quote]) => [name, (value: unknown): Quoted => ({ quoted: quote(value) })]),
) as Readonly<Record<QuoteName, (value: unknown) => Quoted>>;

/**
 * Fills in one template. `<%= %>` makes its value safe in the language of the file at `path`; `as.NAME(value)` says
 * another language. Pure: the same plan gives the same text.
 */
export const renderTemplate = (path: string, template: string, scope: Scope): string => {
  const quote = quoteFor(path);
  const having = (role: string) => scope.plan.machines.filter((machine) => machine.roles.some((own) => own === role));
  const software = (role: Role) => roleNamed(role).software(scope.plan);
  const unitsOn = ({ roles }: PlannedMachine) => servicesOn(roles).map((service) => unitOf(service, scope.plan));
  const values = { machine: undefined, pieces: {}, ...scope, as, having, software, unitsOn, box: boxName(scope.plan) };
  const options = {
    escape: (value: unknown) => (isQuoted(value) ? value.quoted : quote(value)),
    destructuredLocals: Object.keys(values),
    strict: true,
    filename: path,
    async: false as const,
  };
  return ejs.render(template, values, options);
};
