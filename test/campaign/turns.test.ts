import test from 'ava';
import { RefusedSwitch, switchTo } from '../../src/campaign/turns.js';
import { planOf } from '../../src/plan/plan.js';
import type { Provider } from '../../src/providers/provider.js';
import { labSchema } from '../../src/roles/lab-schema.js';

const machines = {
  lb: { roles: ['load-balancer'] },
  web1: { roles: ['web'] },
  web2: { roles: ['web'] },
  blue: { roles: ['app'] },
  green: { roles: ['app'] },
  db: { roles: ['database'] },
};
const plan = planOf(labSchema.parse({ additional: 'blue-green', machines }));

interface Manners {
  readonly silent?: string;
  readonly unhealthy?: string;
  readonly stubborn?: string;
  readonly busy?: number;
}

/** Two web servers that do as they are told, but for what is said of them; what they were told is kept. */
const pretended = ({ silent, unhealthy, stubborn, busy }: Manners = {}) => {
  const live = new Map([
    ['web1', 'blue'],
    ['web2', 'blue'],
  ]);
  const told: string[] = [];
  const exec = async (machine: string, [program = '', verb = '', name = '']: readonly string[]) => {
    const said = (stdout: string, exitCode = 0, stderr = '') => ({ exitCode, stdout, stderr });
    if (program === 'journalctl') return said(`the last words of ${machine}\n`);
    if (machine === silent) throw new Error(`${machine} is off`);
    if (verb === 'look') return said(`live=${live.get(machine)}\nsince=1\nserving=${live.get(machine)}\n`);
    told.push(`${machine} ${verb} ${name}`);
    if (verb === 'try') return unhealthy === undefined ? said('') : said(`${unhealthy}\n`, 3);
    if (verb === 'drain') return busy === undefined ? said('') : said(`${busy}\n`, 3);
    if (verb === 'take' && machine === stubborn) return said('', 1, 'nginx refuses to switch');
    live.set(machine, name);
    return said('');
  };
  return { live, told, ground: { plan, provider: { exec } as unknown as Provider } };
};

test('it is tried out by all, then taken by one after the other, and what was live is drained', async (t) => {
  const { ground, told, live } = pretended();
  t.deepEqual(await switchTo(ground, 'green'), { before: 'blue', already: false });
  t.deepEqual(told, [
    'web1 try green',
    'web2 try green',
    'web1 take green',
    'web2 take green',
    'web1 drain blue',
    'web2 drain blue',
  ]);
  t.deepEqual([...live.values()], ['green', 'green']);
});

test('the same once more only waits for the last requests', async (t) => {
  const { ground, told } = pretended();
  t.deepEqual(await switchTo(ground, 'blue'), { before: 'blue', already: true });
  t.deepEqual(told, ['web1 drain green', 'web2 drain green']);
});

test('one that is not healthy is refused with the reason and its own last words, and nothing is switched', async (t) => {
  const { ground, told, live } = pretended({ unhealthy: 'answers with status 500' });
  const error = await t.throwsAsync(switchTo(ground, 'green'), { instanceOf: RefusedSwitch });
  t.is(error?.message, 'green is not healthy: asked by web1, it answers with status 500.');
  t.is(error?.log, 'the last words of green');
  t.false(told.some((line) => line.includes('take')));
  t.deepEqual([...live.values()], ['blue', 'blue']);
});

test('where a web server can’t be asked none switches', async (t) => {
  const { ground, told } = pretended({ silent: 'web2' });
  await t.throwsAsync(switchTo(ground, 'green'), {
    message: /web2 can't be asked, and all web servers switch or none/,
  });
  t.deepEqual(told, []);
});

test('where one can’t switch those before it go back', async (t) => {
  const { ground, told, live } = pretended({ stubborn: 'web2' });
  await t.throwsAsync(switchTo(ground, 'green'), { message: /web2: nginx refuses to switch/ });
  t.deepEqual(told.slice(2), ['web1 take green', 'web2 take green', 'web1 follow blue', 'web2 follow blue']);
  t.deepEqual([...live.values()], ['blue', 'blue']);
});

test('an interruption before anything was switched leaves everything as it is', async (t) => {
  const { ground, told } = pretended();
  const end = new AbortController();
  await t.throwsAsync(switchTo(ground, 'green', { signal: end.signal, tell: () => end.abort() }), { any: true });
  t.false(told.some((line) => line.includes('take')));
});

test('requests that do not end are told, and nobody is said to be drained', async (t) => {
  const { ground } = pretended({ busy: 2 });
  const { undrained } = await switchTo(ground, 'green');
  t.deepEqual(undrained, { server: 'blue', requests: 4 });
});
