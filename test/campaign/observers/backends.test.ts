import test from 'ava';
import { serversIn } from '../../../src/campaign/observers/backends.js';

const csv = (...rows: readonly string[]) => ['# pxname,svname,scur,status,type,last_chk,', ...rows, '', ''].join('\n');

test('only rows of servers count, whatever other columns there are', (t) => {
  const text = csv(
    'https,FRONTEND,0,OPEN,0,,',
    'https,sock-1,0,OPEN,3,,',
    'web,web,0,UP,2,Layer7 check passed,',
    'web,BACKEND,0,UP,1,,',
  );
  t.deepEqual(serversIn(text), [{ backend: 'web', server: 'web', up: true }]);
});

const states = [
  ['UP', true],
  ['UP 1/3', true],
  ['no check', true],
  ['DRAIN', true],
  ['NOLB', true],
  ['DOWN', false],
  ['DOWN 1/2', false],
  ['DOWN (agent)', false],
  ['MAINT', false],
  ['MAINT (via web/web)', false],
] as const;

for (const [status, up] of states) {
  test(`a server whose status is ${status} is ${up ? 'up' : 'down'}`, (t) =>
    t.deepEqual(serversIn(csv(`web,web,0,${status},2,,`)), [{ backend: 'web', server: 'web', up }]));
}

test('a quoted field may hold commas, quotes and line ends', (t) => {
  const text = csv('web,web,0,DOWN,2,"Connection refused, ""said"" the\nkernel",', 'web,web2,0,UP,2,,');
  t.deepEqual(
    serversIn(text).map(({ server, up }) => ({ server, up })),
    [
      { server: 'web', up: false },
      { server: 'web2', up: true },
    ],
  );
});

const broken = [
  ['a page', '<html><body>403 Forbidden</body></html>\n<p>Go away</p>'],
  ['a table without its columns', '# pxname,svname\nweb,web\n'],
  ['a row that is cut off', csv('web,web,0')],
  ['a quote that never ends', csv('web,web,0,UP,2,"Layer7')],
] as const;

for (const [title, text] of broken) {
  test(`${title} is not taken for statistics`, (t) => void t.throws(() => serversIn(text)));
}
