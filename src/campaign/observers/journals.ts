import { reason } from '../../check/judgement.js';
import type { Ground } from '../ground.js';

const timeoutMs = 20_000;
/** Enough for minutes of what machines say in trouble; of a machine that says more, the end is kept. */
const mostLines = 20_000;
const mostCharacters = 512 * 1024;

/** HAProxy's line for each connection and the application's for each request: hundreds a second while probes are sent. */
const trafficLines = '"frontend":"|statistics/<STATS>|"level":"info","message":"request"';
const heading = '(without a line for each connection and each request that went well)\n';

const script = `
set -o pipefail
journalctl --quiet --no-pager --output=short-precise --lines="$1" --since="$2" | { grep -Ev "$3" || [ $? -eq 1 ]; }
`;

/** The last characters of a text, from the beginning of a line; says so where something was left out. */
export const endOf = (text: string, most: number): string => {
  if (text.length <= most) return text;
  const end = text.slice(-most);
  return `(earlier lines are left out)\n${end.slice(end.indexOf('\n') + 1)}`;
};

const journalOf = async (
  { provider }: Pick<Ground, 'provider'>,
  machine: string,
  durationMs: number,
): Promise<string> => {
  const since = `-${Math.ceil(durationMs)}ms`;
  const argv = ['bash', '-c', script, 'quintet-journal', String(mostLines), since, trafficLines];
  try {
    const { exitCode, stdout, stderr } = await provider.exec(machine, argv, { timeoutMs });
    if (exitCode === 0) return heading + endOf(stdout, mostCharacters);
    return `(the journal can't be read: ${stderr.trim() || `exit code ${exitCode}`})\n`;
  } catch (error) {
    return `(the journal can't be read: ${reason(error)})\n`;
  }
};

/**
 * What each machine's journal has of the last `durationMs`, by the machine's own clock: one text for each machine,
 * bounded in size. What can't be read says so in its text.
 */
export const journalsOf = async (
  ground: Pick<Ground, 'plan' | 'provider'>,
  durationMs: number,
): Promise<ReadonlyMap<string, string>> => {
  const texts = ground.plan.machines.map(
    async ({ name }) => [name, await journalOf(ground, name, durationMs)] as const,
  );
  return new Map(await Promise.all(texts));
};
