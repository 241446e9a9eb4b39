import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { commandLine, must, run } from '../../src/host/command.js';

export interface Terminal {
  screen(): Promise<string>;
  press(...keys: string[]): Promise<string>;
  type(text: string): Promise<string>;
  /** The screen, once it shows this. */
  until(wanted: RegExp, withinMs?: number): Promise<string>;
}

/** A command in a real terminal of its own (tmux), typed at and looked at; when it has ended its exit code is shown. */
export const terminal = async (
  t: ExecutionContext,
  command: readonly string[],
  { cwd, columns, rows = 60 }: { readonly cwd: string; readonly columns: number; readonly rows?: number },
): Promise<Terminal> => {
  const server = `quintet-test-${randomBytes(4).toString('hex')}`;
  const tmux = (...argv: string[]) => must(['tmux', '-L', server, ...argv], { timeoutMs: 10_000 });
  t.teardown(() => run(['tmux', '-L', server, 'kill-server'], { timeoutMs: 10_000 }).catch(() => undefined));
  const script = `cd ${commandLine([cwd])}; unset CI NO_COLOR; ${commandLine(command)}; echo "exit code $?"; sleep 60`;
  await tmux('-f', '/dev/null', 'new-session', '-d', '-x', String(columns), '-y', String(rows), 'sh', '-c', script);
  const screen = () => tmux('capture-pane', '-p');
  const until = async (wanted: RegExp, withinMs = 20_000): Promise<string> => {
    const beganMs = performance.now();
    // Each look is a program, which takes its time from whoever is looked at.
    for (let everyMs = 100; ; everyMs = Math.min(500, everyMs * 1.2)) {
      const text = await screen();
      if (wanted.test(text)) return text;
      if (performance.now() > beganMs + withinMs) throw new Error(`${wanted} did not appear:\n${text}`);
      await delay(everyMs);
    }
  };
  return {
    screen,
    until,
    press: (...keys) => tmux('send-keys', ...keys),
    type: (text) => tmux('send-keys', '-l', text),
  };
};
