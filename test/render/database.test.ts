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
