import test from 'ava';
import { planOf } from '../../src/plan/plan.js';
import { renderLab } from '../../src/render/render.js';
import { reloads } from '../../src/roles/app.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { ownApplication } from '../rig/own-application.js';
import { templates } from '../rig/templates.js';

const filesOf = (lab: Record<string, unknown> = {}): Map<string, string> =>
  renderLab(planOf(labSchema.parse(lab)), templates);
const gunicorn = { app: { runtime: 'gunicorn' } };
const uwsgi = { app: { runtime: 'uwsgi' } };
const unit = 'machines/app/etc/systemd/system/quintet-app.service';

test('the application is told where it listens and where its database is, but no secret', (t) => {
  const text = filesOf({ ports: { app: 4000, database: 3307 } }).get('machines/app/etc/quintet/app.env') ?? '';
  const settings = Object.fromEntries([...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]));
  t.deepEqual(settings, {
    MACHINE: 'app',
    LISTEN_ADDRESS: '192.168.56.31',
    LISTEN_PORT: '4000',
    DATABASE_HOST: 'db',
    DATABASE_PORT: '3307',
    DATABASE_NAME: 'quintet',
    DATABASE_USER: 'app',
    DATABASE_CA: '/etc/quintet/ca.crt',
    PACE: '1',
  });
});

test('each runtime brings its own program and nothing of the other', (t) => {
  const programs = (lab: Record<string, unknown>) =>
    [...filesOf(lab).keys()].filter((path) => path.startsWith('machines/app/opt/')).map((path) => path.slice(29));
  t.deepEqual(programs({}), [
    'databases.js',
    'entries.js',
    'log.js',
    'package.json',
    'pool.js',
    'server.js',
    'settings.js',
    'vendor/mysql2.cjs',
  ]);
  const python = ['app.py', 'database.py', 'entries.py', 'log.py', 'settings.py'];
  t.deepEqual(programs(gunicorn).sort(), [...python, 'gunicorn.conf.py'].sort());
  t.deepEqual(programs(uwsgi).sort(), [...python, 'starting.py', 'uwsgi.ini'].sort());
});

test('the service has no rights, on any runtime', (t) => {
  for (const lab of [{}, gunicorn, uwsgi]) {
    const text = filesOf(lab).get(unit) ?? '';
    for (const line of ['User=quintet-app', 'NoNewPrivileges=yes', 'CapabilityBoundingSet=', 'ProtectSystem=strict'])
      t.true(text.split('\n').includes(line), line);
    t.regex(text, /^LoadCredential=database\.password:/m);
  }
});

test('memory that is written and run is refused, but not to Node.js, whose compiler needs it', (t) => {
  const runtime = (lab: Record<string, unknown>) => filesOf(lab).get(`${unit}.d/runtime.conf`) ?? '';
  t.notRegex(runtime({}), /^MemoryDenyWriteExecute/m);
  for (const lab of [gunicorn, uwsgi]) t.regex(runtime(lab), /^MemoryDenyWriteExecute=yes$/m);
});

test('an application server that is said to reload without a loss is told how, and no other', (t) => {
  for (const lab of [{}, gunicorn, uwsgi]) {
    const told = /^ExecReload=/m.test(filesOf(lab).get(`${unit}.d/runtime.conf`) ?? '');
    t.is(reloads(planOf(labSchema.parse(lab))), told);
  }
});

const own = (changes: object = {}) => filesOf({ app: { ...ownApplication, ...changes } });
const started = (command: string) => own({ command }).get('machines/app/etc/quintet/app-start.sh')?.split('\n').at(-2);

test('an application of one’s own gets its own command, and none of the sample', (t) => {
  const files = own();
  t.deepEqual(
    [...files.keys()].filter((path) => path.startsWith('machines/app/opt/')),
    [],
  );
  t.regex(files.get('machines/app/etc/quintet/app.env') ?? '', /^PORT=3000$/m);
  t.notRegex(filesOf().get('machines/app/etc/quintet/app.env') ?? '', /^PORT=/m);
  t.is(started('node server.js'), "exec /bin/sh -c 'exec node server.js'");
  t.is(started('A=1 B=x/y php -S "$ADDRESS:$PORT"'), `exec /bin/sh -c 'A=1 B=x/y exec php -S "$ADDRESS:$PORT"'`);
  t.is(started('cd src && node server.js'), "exec /bin/sh -c 'cd src && node server.js'");
  t.is(started("echo 'it'; run"), `exec /bin/sh -c 'echo '\\''it'\\''; run'`);
});

test('only an application of one’s own has the database’s schema to itself', (t) => {
  const grants = (files: Map<string, string>) => files.get('machines/db/provision.sh')?.match(/^GRANT .* TO/m)?.[0];
  t.is(grants(filesOf()), 'GRANT INSERT, SELECT ON `quintet`.`entries` TO');
  t.regex(grants(own()) ?? '', /^GRANT ALTER, CREATE, .* ON `quintet`\.\* TO$/);
  const files = filesOf({ app: ownApplication, database: { schema: 'my_app' } });
  t.regex(grants(files) ?? '', / ON `my\\_app`\.\* TO$/);
});

test('nginx keeps its own pages, sends all else to an application of one’s own, and says which machine answered', (t) => {
  const text = own().get('machines/web/etc/nginx/nginx.conf') ?? '';
  t.regex(text, /location \/ \{\n\s+try_files \$uri @app;/);
  t.regex(text, /add_header X-App-Machine \$app_machine always;/);
  t.notRegex(filesOf().get('machines/web/etc/nginx/nginx.conf') ?? '', /app_machine/);
});

test('the bundled driver says under which licences it comes', (t) => {
  const text = filesOf().get('machines/app/opt/quintet/app/vendor/mysql2.cjs') ?? '';
  const banner = text.slice(0, text.indexOf('*/'));
  t.regex(banner, /^mysql2 \d/m);
  t.regex(banner, /Permission is hereby granted/);
});
