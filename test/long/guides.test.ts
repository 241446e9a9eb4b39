import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { catalogueNames } from '../../src/host/catalogue.js';
import type { PowerCuts } from '../../src/report/power-cuts.js';
import { needs } from '../rig/needs.js';
import { executable, ok, plainEnvironment, quintet } from '../rig/quintet.js';
import { temporaryRoom } from '../rig/temporary.js';

/** The labs of the path as a student meets them: each is made, and its guide is followed word for word. */

const room = await temporaryRoom();
const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip', 'bash');

/** These wait for a person; the site is held open beside the rest. */
const waits = /^quintet (?:open|watch|shell|ssh)\b/;

/** The commands of a guide: the lines of its fenced blocks without a language, also of those in a list. */
const commandsIn = (guide: string): readonly string[] =>
  [...guide.matchAll(/^( *)```\n([\s\S]*?)^\1```$/gm)]
    .flatMap(([, , block = '']) => block.split('\n'))
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** A guide says itself what is to fail. 4: this computer had no time to give; what scenarios find is the matter of their own tests. */
const comesTo = (line: string): readonly number[] => {
  if (!line.startsWith('quintet verify')) return [0];
  return line.endsWith(' # fails') ? [1] : [0, 4];
};

const follow = async (t: ExecutionContext, lab: string, line: string, fine: readonly number[]): Promise<void> => {
  const script = `quintet() { ${process.execPath} ${executable} "$@"; }\n${line}`;
  const options = { cwd: lab, reject: false, stdin: 'ignore', env: plainEnvironment, timeout: 10 * 60_000 } as const;
  const { exitCode = 128, stdout, stderr } = await execa('bash', ['-c', script], options);
  t.true(fine.includes(exitCode), `${line}: exit code ${exitCode}\n${stdout}\n${stderr}`);
  t.notRegex(stderr, /MaxListeners|Deprecation/, line);
};

const latestRun = async (lab: string): Promise<string> => (await readdir(join(lab, 'reports'))).sort().at(-1) ?? '';

for (const name of (await catalogueNames()).filter((name) => name !== 'own-application')) {
  real.serial(`${name}: its guide can be followed word for word, and each of its machines has a row`, async (t) => {
    const lab = join(room, name);
    const end = new AbortController();
    t.teardown(async () => {
      end.abort();
      await quintet(lab, 'destroy', '--yes');
      await rm(lab, { recursive: true, force: true });
    });
    ok(t, await quintet(room, 'init', name, '--lab', name, '--yes', '--set', 'provider=container'));
    ok(t, await quintet(lab, 'up'));
    void execa(process.execPath, [executable, 'open', '--no-browser'], {
      cwd: lab,
      reject: false,
      env: plainEnvironment,
      cancelSignal: end.signal,
    });
    const lines = commandsIn(await readFile(join(lab, 'guide.md'), 'utf8')).filter((line) => !waits.test(line));
    for (const line of lines) await follow(t, lab, line, comesTo(line));
    await follow(t, lab, 'quintet weak-points', [0, 4]);
    const told = ok(t, await quintet(lab, 'weak-points', await latestRun(lab), '--format', 'json'));
    const [found] = JSON.parse(told) as PowerCuts[];
    const { machines } = JSON.parse(ok(t, await quintet(lab, 'status', '--format', 'json')));
    t.deepEqual(
      found?.points.map(({ machine, writesLost }) => [machine, writesLost]),
      machines.map((machine: { readonly name: string }) => [machine.name, 0]),
    );
  });
}
test.after.always(() => rm(room, { recursive: true, force: true }));
