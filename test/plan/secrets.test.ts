import test from 'ava';
import { planOf } from '../../src/plan/plan.js';
import { pathsOf, secretsOf } from '../../src/plan/secrets.js';
import { labSchema } from '../../src/roles/lab-schema.js';

const plan = planOf(labSchema.parse({}));
const of = (machine: string) => secretsOf(plan).find((entry) => entry.machine === machine)?.secrets ?? [];
const paths = (machine: string) => of(machine).flatMap(pathsOf);

test('load balancers are given nothing but the certificate of the authority', (t) => {
  t.deepEqual(paths('lb1'), ['etc/quintet/ca.crt']);
  t.deepEqual(paths('lb2'), ['etc/quintet/ca.crt']);
});

test('only the application and the database know the database’s password', (t) => {
  const knowing = plan.machines
    .map(({ name }) => name)
    .filter((name) => paths(name).includes('etc/quintet/database.password'));
  t.deepEqual(knowing, ['app', 'db']);
});

test('only the backup server and the database know the password of the backup’s account', (t) => {
  const backedUp = planOf(labSchema.parse({ additional: 'backup' }));
  const knowing = secretsOf(backedUp)
    .filter(({ secrets }) => secrets.flatMap(pathsOf).includes('etc/quintet/backup.password'))
    .map(({ machine }) => machine);
  t.deepEqual(knowing, ['db', 'backup']);
  t.false(secretsOf(plan).some(({ secrets }) => secrets.flatMap(pathsOf).includes('etc/quintet/backup.password')));
});

test('only the web server has the key of the site', (t) => {
  const knowing = plan.machines
    .map(({ name }) => name)
    .filter((name) => paths(name).includes('etc/nginx/tls/site.key'));
  t.deepEqual(knowing, ['web']);
});

test('the site’s certificate is good for the site, the VIP and this computer', (t) => {
  const certificate = of('web').find((secret) => secret.kind === 'certificate');
  t.deepEqual(certificate?.kind === 'certificate' && [...certificate.names].sort(), [
    '127.0.0.1',
    '192.168.56.10',
    'lab.test',
    'localhost',
    'www.lab.test',
  ]);
});

test('the database’s certificate is good for its name and address alone', (t) => {
  const certificate = of('db').find((secret) => secret.kind === 'certificate');
  t.deepEqual(certificate?.kind === 'certificate' && certificate.names, ['db', '192.168.56.41']);
});

test('every secret is a path inside the machine’s tree', (t) => {
  for (const { secrets } of secretsOf(plan)) {
    for (const path of secrets.flatMap(pathsOf)) t.regex(path, /^(?!\/)(?!.*\.\.)[\w./-]+$/);
  }
});

test('a machine with two roles has the secrets of both and none twice', (t) => {
  const shared = planOf(
    labSchema.parse({
      machines: {
        lb1: { roles: ['load-balancer'] },
        lb2: { roles: ['load-balancer', 'web'] },
        back: { roles: ['app', 'database'] },
      },
    }),
  );
  for (const { secrets } of secretsOf(shared)) {
    const all = secrets.flatMap(pathsOf);
    t.deepEqual(all, [...new Set(all)]);
  }
  const back = secretsOf(shared).find(({ machine }) => machine === 'back');
  t.true(back?.secrets.flatMap(pathsOf).includes('etc/quintet/database.password'));
});

test('what another role would have brought is taken away again', (t) => {
  const web = secretsOf(plan).find(({ machine }) => machine === 'web');
  t.deepEqual([...(web?.unneeded ?? [])].sort(), [
    'etc/mysql/lab-ca.pem',
    'etc/mysql/lab-server-cert.pem',
    'etc/mysql/lab-server-key.pem',
    'etc/quintet/backup.password',
    'etc/quintet/database.password',
  ]);
});
