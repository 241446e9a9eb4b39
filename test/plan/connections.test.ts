import test from 'ava';
import type { LabChoices } from '../../src/model/lab.js';
import { planOf } from '../../src/plan/plan.js';
import { labSchema } from '../../src/roles/lab-schema.js';

const rows = (choices: LabChoices): readonly string[] =>
  planOf(labSchema.parse(choices)).connections.map(
    ({ from, to, address, protocol, port }) =>
      `${from} > ${to} ${address}${port === undefined ? '' : `:${port}`} ${protocol}`,
  );

test('the connection matrix of the default lab is exactly this', (t) => {
  t.deepEqual(rows({}), [
    'anyone > lb1 192.168.56.10:80 tcp',
    'anyone > lb2 192.168.56.10:80 tcp',
    'anyone > lb1 192.168.56.10:443 tcp',
    'anyone > lb2 192.168.56.10:443 tcp',
    'vantage > lb1 192.168.56.11:8404 tcp',
    'vantage > lb2 192.168.56.12:8404 tcp',
    'lb1 > web 192.168.56.21:8443 tcp',
    'lb2 > web 192.168.56.21:8443 tcp',
    'web > app 192.168.56.31:3000 tcp',
    'app > db 192.168.56.41:3306 tcp',
    'lb1 > lb2 192.168.56.12 vrrp',
    'lb2 > lb1 192.168.56.11 vrrp',
  ]);
});

test('only the application may connect to the database', (t) => {
  const { connections } = planOf(labSchema.parse({}));
  t.deepEqual(
    connections.filter(({ to }) => to === 'db').map(({ from }) => from),
    ['app'],
  );
});

test('every connection says what it is for', (t) => {
  for (const { purpose } of planOf(labSchema.parse({})).connections) t.true(purpose.length > 3);
});

test('a second load balancer on the web machine needs no way through the network to itself', (t) => {
  const shared = rows({
    machines: {
      lb1: { roles: ['load-balancer'] },
      web: { roles: ['web', 'load-balancer'] },
      app: { roles: ['app'] },
      db: { roles: ['database'] },
    },
  });
  t.true(shared.includes('lb1 > web 192.168.56.21:8443 tcp'));
  t.false(shared.some((row) => row.startsWith('web > web')));
  t.true(shared.includes('web > lb1 192.168.56.11 vrrp'));
});

test('ports of the user’s own are the ones that are opened', (t) => {
  const own = rows({ ports: { database: 3307, https: 4443 } });
  t.true(own.includes('app > db 192.168.56.41:3307 tcp'));
  t.true(own.includes('anyone > lb1 192.168.56.10:4443 tcp'));
});
