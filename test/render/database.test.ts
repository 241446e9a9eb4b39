import test from 'ava';
import type { Plan } from '../../src/model/plan.js';
import { planOf } from '../../src/plan/plan.js';
import { renderLab } from '../../src/render/render.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { templates } from '../rig/templates.js';

const planWith = (lab: Record<string, unknown> = {}): Plan => planOf(labSchema.parse(lab));
const fileOf = (plan: Plan, path: string): string => renderLab(plan, templates).get(`machines/${path}`) ?? '';
const provisioner = (plan: Plan): string => fileOf(plan, 'db/provision.sh');
const mysqlFile = 'db/etc/mysql/mysql.conf.d/quintet.cnf';
const mariadbFile = 'db/etc/mysql/mariadb.conf.d/99-quintet.cnf';
const engineFiles = [
  { engine: 'mysql', file: mysqlFile },
  { engine: 'mariadb', file: mariadbFile },
] as const;

/** The options of an option file: name -> value. */
const optionsOf = (text: string): Map<string, string> =>
  new Map([...text.matchAll(/^(\w+) = (.+)$/gm)].map(([, name = '', value = '']) => [name, value]));

for (const { engine, file } of engineFiles) {
  test(`${engine} is reached at its lab address alone, and only encrypted`, (t) => {
    const options = optionsOf(fileOf(planWith({ database: { engine } }), file));
    t.is(options.get('bind_address'), '192.168.56.41');
    t.is(options.get('port'), '3306');
    t.is(options.get('require_secure_transport'), 'ON');
    t.is(options.get('ssl_key'), '/etc/mysql/lab-server-key.pem');
    t.is(options.get('local_infile'), 'OFF');
  });

  test(`${engine} puts every commit on disk, in its own log and in the binary log`, (t) => {
    const options = optionsOf(fileOf(planWith({ database: { engine } }), file));
    t.is(options.get('innodb_flush_log_at_trx_commit'), '1');
    t.is(options.get('sync_binlog'), '1');
    t.true(options.has('log_bin'));
  });

  test(`${engine} takes a quarter of its machine's memory for data`, (t) => {
    const pool = (memoryMb: number) => {
      const machines = { ...labSchema.parse({}).machines, db: { roles: ['database'], memoryMb } };
      return optionsOf(fileOf(planWith({ machines, database: { engine } }), file)).get('innodb_buffer_pool_size');
    };
    t.is(pool(1024), '256M');
    t.is(pool(4096), '1024M');
    t.is(pool(200), '64M');
  });
}

test('a machine gets the files of its own engine alone', (t) => {
  t.is(fileOf(planWith({ database: { engine: 'mariadb' } }), mysqlFile), '');
  t.is(fileOf(planWith(), mariadbFile), '');
});

test('every application server has an account of its own with two rights on one table', (t) => {
  const machines = { ...labSchema.parse({}).machines, app2: { roles: ['app'] } };
  const text = provisioner(planWith({ machines, database: { schema: 'shop', user: 'clerk' } }));
  const grants = [...text.matchAll(/^GRANT .*$/gm)].map(([line]) => line);
  t.deepEqual(grants, [
    "GRANT INSERT, SELECT ON `shop`.`entries` TO 'clerk'@'192.168.56.31';",
    "GRANT INSERT, SELECT ON `shop`.`entries` TO 'clerk'@'192.168.56.32';",
  ]);
  t.is([...text.matchAll(/CREATE USER IF NOT EXISTS '.*REQUIRE SSL|%s REQUIRE SSL/g)].length, 4);
});

test('no file of a lab holds a password, and the provisioner gives it to no command line', (t) => {
  const text = provisioner(planWith());
  t.notRegex(text, /--password|MYSQL_PWD|-p"?\$/);
  for (const [path] of renderLab(planWith(), templates)) t.notRegex(path, /password|\.key$|-key\.pem$/);
});

test('a schema called test is kept', (t) => {
  t.regex(provisioner(planWith()), /DROP DATABASE IF EXISTS test;/);
  t.notRegex(provisioner(planWith({ database: { schema: 'test' } })), /DROP DATABASE/);
});

test('a name that would leave its quotes is refused', (t) => {
  const plan = planWith();
  for (const name of ["a'b", 'a`b', 'a$(id)', 'a\nb', 'a b']) {
    t.throws(() => provisioner({ ...plan, database: { ...plan.database, user: name } }), undefined, name);
    t.throws(() => provisioner({ ...plan, database: { ...plan.database, schema: name } }), undefined, name);
  }
});

const three = (more: Record<string, unknown> = {}): Plan =>
  planWith({
    machines: {
      ...Object.fromEntries(['e1', 'e2'].map((name) => [name, { roles: ['load-balancer', 'web'] }])),
      ...Object.fromEntries(['d1', 'd2', 'd3'].map((name) => [name, { roles: ['app', 'database'] }])),
    },
    database: { timing: 'fast' },
    ...more,
  });
const clusterFile = 'etc/mysql/mariadb.conf.d/99-quintet-cluster.cnf';

test('each node of a cluster knows all of them, speaks at its own address, over TLS, and begins nothing', (t) => {
  const text = fileOf(three(), `d2/${clusterFile}`);
  const options = optionsOf(text);
  t.is(options.get('wsrep_cluster_address'), 'gcomm://192.168.56.31:4567,192.168.56.32:4567,192.168.56.33:4567');
  t.is(options.get('wsrep_node_address'), '192.168.56.32');
  t.is(options.get('wsrep_sync_wait'), '1');
  const provider = options.get('wsrep_provider_options') ?? '';
  for (const part of ['gmcast.listen_addr=ssl://0.0.0.0:4567', 'socket.ssl=yes', 'evs.suspect_timeout=PT0.5S'])
    t.true(provider.includes(part), part);
  for (const [path, content] of renderLab(three(), templates))
    if (/\.cnf$|provision\.sh$/.test(path)) t.notRegex(content, /new.cluster/i, path);
});

test('every commit of a cluster is on the disk of each node, and no binary log is kept', (t) => {
  const text = fileOf(three(), 'd1/etc/mysql/mariadb.conf.d/99-quintet.cnf');
  t.is(optionsOf(text).get('innodb_flush_log_at_trx_commit'), '1');
  t.regex(text, /^skip_log_bin$/m);
});

test('a machine’s start waits for no cluster, and only a node has the files of one', (t) => {
  t.regex(fileOf(three(), 'd1/etc/systemd/system/mariadb.service.d/quintet-cluster.conf'), /^Type=exec$/m);
  const single = planWith({ database: { engine: 'mariadb' } });
  t.is(fileOf(single, `db/${clusterFile}`), '');
  t.notRegex(fileOf(three(), 'd1/provision.sh'), /service mariadb\.service restart/);
  t.regex(fileOf(single, 'db/provision.sh'), /service mariadb\.service restart/);
});

test('an application server asks its own database first, and knows how long a cluster needs', (t) => {
  const env = fileOf(three(), 'd2/etc/quintet/app.env');
  t.regex(env, /^DATABASE_HOST="d2 d1 d3"$/m);
  t.regex(env, /^DATABASE_BUDGET_MS=900$/m);
  const alone = fileOf(planWith(), 'app/etc/quintet/app.env');
  t.regex(alone, /^DATABASE_HOST=db$/m);
  t.notRegex(alone, /BUDGET/);
});
