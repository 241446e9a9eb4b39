import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { run } from '../../src/host/command.js';
import { providerNames, systems } from '../../src/model/lab.js';
import { planOf } from '../../src/plan/plan.js';
import { renderLab } from '../../src/render/render.js';
import { runtimes } from '../../src/roles/app.js';
import { engines, mysqlAvailable } from '../../src/roles/database.js';
import { clusterTimings } from '../../src/roles/database-topology.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { timings } from '../../src/roles/load-balancer.js';
import { matrix } from '../rig/matrix.js';
import { needs } from '../rig/needs.js';
import { ownApplication } from '../rig/own-application.js';
import { templates } from '../rig/templates.js';

const folder = await mkdtemp(join(tmpdir(), 'quintet-programs-'));
test.after.always(() => rm(folder, { recursive: true, force: true }));

const shapes: Record<string, Record<string, { roles: string[] }>> = {
  five: {},
  shared: {
    'lb-a': { roles: ['load-balancer'] },
    front: { roles: ['load-balancer', 'web'] },
    back: { roles: ['app', 'database'] },
    // Whatever else a machine can be for.
    monitor: { roles: ['monitoring', 'cache'] },
  },
  replica: {
    front: { roles: ['load-balancer', 'web', 'app'] },
    one: { roles: ['database'] },
    two: { roles: ['database'] },
  },
  cluster: {
    one: { roles: ['load-balancer', 'web'] },
    two: { roles: ['load-balancer', 'web', 'app', 'database'] },
    three: { roles: ['app', 'database'] },
    four: { roles: ['database'] },
  },
};

const appOf = (runtime: (typeof runtimes)[number]) => (runtime === 'own' ? ownApplication : { runtime });

/** All runtimes on one system, and on each other one of them; before a release all on each. */
const runtimesOn = (nth: number): (typeof runtimes)[number][] =>
  runtimes.filter((_, index) => nth === 0 || matrix([nth % runtimes.length], [...runtimes.keys()]).includes(index));

/** Every choice that changes a generated file, each with what it is checked as: on each system several runtimes, with the engines in turn. */
const labs = systems.flatMap((system, nth) => {
  const possible = engines.filter((engine) => engine === 'mariadb' || mysqlAvailable(system));
  return runtimesOn(nth).map((runtime, index) => {
    const engine = possible[(nth + index) % possible.length] ?? 'mariadb';
    const shape = nth % 2 === 0 ? 'five' : 'shared';
    const machines = shapes[shape];
    return {
      name: [system, runtime, engine, shape].join(' '),
      lab: labSchema.parse({
        title: `It's a "#{lab}" $(id) <%= 1 %>`,
        provider: providerNames[nth % providerNames.length],
        system,
        ...(shape === 'five' ? {} : { machines }),
        vrrp: { timing: timings[nth % timings.length], preempt: nth % 2 === 1 },
        ports: nth % 2 === 1 ? { https: 8444 } : {},
        app: appOf(runtime),
        database: { engine },
      }),
    };
  });
});

const backedUp = {
  name: 'backed up',
  lab: labSchema.parse({ additional: 'backup', database: { schema: 'a_schema' } }),
};

const clusters = systems.flatMap((system, nth) =>
  clusterTimings.map((timing) => ({
    name: [system, 'cluster', timing].join(' '),
    lab: labSchema.parse({
      title: 'Three databases',
      provider: system.startsWith('ubuntu') ? 'virtualbox' : 'container',
      system,
      machines: shapes.cluster,
      app: appOf(runtimes[nth % runtimes.length] ?? 'node'),
      database: { timing },
    }),
  })),
);

/** The others of its machines are as in any lab of five. */
const ofTheBackup = /^machines\/(?:db|backup)\//;

const pairs = systems.slice(1, 2).map((system, nth) => ({
  name: [system, 'replica'].join(' '),
  lab: labSchema.parse({
    title: 'Two databases',
    provider: system.startsWith('ubuntu') ? 'virtualbox' : 'container',
    system,
    machines: shapes.replica,
    app: appOf(runtimes[nth % runtimes.length] ?? 'node'),
    database: { topology: 'replica', schema: 'my_lab' },
  }),
}));

const turns = [
  {
    name: 'debian-13 blue-green',
    lab: labSchema.parse({ provider: 'virtualbox', additional: 'blue-green', database: { engine: 'mariadb' } }),
  },
];

const rendered = [...labs, ...clusters, ...pairs, ...turns, backedUp].map(({ name, lab }) => ({
  name,
  system: lab.system,
  files: new Map(
    [...renderLab(planOf(lab), templates)].filter(([path]) => lab !== backedUp.lab || ofTheBackup.test(path)),
  ),
}));

/** The different texts that any lab has at paths like this one, each written to a file of its own. */
const written = async (pattern: RegExp, adapt = (text: string) => text): Promise<string[]> => {
  const texts = new Map<string, string>();
  for (const { name, files } of rendered)
    for (const [path, text] of files) if (pattern.test(path)) texts.set(adapt(text), `${name}/${path}`);
  return Promise.all(
    [...texts].map(async ([text, origin]) => {
      const path = join(folder, origin.replaceAll(' ', '_'));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
      return path;
    }),
  );
};

const accepts = async (t: ExecutionContext, argv: readonly string[]): Promise<void> => {
  const result = await run(argv, { timeoutMs: 60_000 });
  t.is(result.exitCode, 0, `${argv.join(' ')}\n${result.stdout}${result.stderr}`);
};

needs('shellcheck')('shellcheck finds nothing in any provisioner or script', async (t) => {
  const scripts = await written(/provision\.sh$|\/usr\/local\/lib\/quintet\/|\.sh$/);
  t.true(scripts.length >= labs.length);
  await accepts(t, ['shellcheck', ...scripts]);
});

needs('ruby')('Ruby finds nothing in any Vagrantfile, warnings included', async (t) => {
  const files = await written(/^Vagrantfile$/);
  t.true(files.length > 3);
  for (const file of files) {
    const result = await run(['ruby', '-wc', file]);
    t.is(`${result.stdout}${result.stderr}`, 'Syntax OK\n', file);
  }
});

needs('vagrant')('Vagrant validates the Vagrantfile in its lab folder, also from below', async (t) => {
  const site = join(folder, 'site');
  for (const [path, text] of rendered[0]?.files ?? []) {
    await mkdir(dirname(join(site, path)), { recursive: true });
    await writeFile(join(site, path), text);
  }
  const env = { VAGRANT_CHECKPOINT_DISABLE: '1', VAGRANT_HOME: join(folder, 'vagrant') };
  const cwd = join(site, 'machines');
  const result = await run(['vagrant', 'validate', '--ignore-provider'], { env, cwd, timeoutMs: 60_000 });
  t.is(result.exitCode, 0, result.stdout + result.stderr);
  t.regex(result.stdout, /validated successfully/);
});

needs('nft', 'root')('nftables accepts every firewall', async (t) => {
  // What provision.sh writes in the machine.
  const lab = join(folder, 'interface.nft');
  await writeFile(lab, 'define lab = "lab0"\n');
  const files = await written(/etc\/nftables\.conf$|\.nft$/, (text) => text.replace('/etc/quintet/interface.nft', lab));
  t.true(files.length >= 5);
  const checkAll = 'for file; do nft --check --file "$file" || { echo "$file"; exit 1; }; done';
  await accepts(t, ['unshare', '--net', 'sh', '-c', checkAll, 'nft', ...files]);
});

needs('haproxy', 'openssl')('HAProxy accepts every configuration, without a warning', async (t) => {
  const authority = join(folder, 'ca.crt');
  const request = ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await accepts(t, [...request, '-keyout', '/dev/null', '-out', authority, '-subj', '/CN=authority', '-days', '1']);
  const files = await written(/haproxy\.cfg$/, (text) => text.replaceAll('/etc/quintet/ca.crt', authority));
  t.true(files.length >= 2);
  for (const file of files) {
    const result = await run(['haproxy', '-c', '-f', file]);
    t.is(result.exitCode, 0, `${file}\n${result.stdout}${result.stderr}`);
    t.notRegex(result.stderr, /WARNING|ALERT/, file);
  }
});

needs('keepalived', 'root')('keepalived accepts every configuration', async (t) => {
  // Its test looks at the interface, the script and its user; those of this computer stand in for the machine's. What
  // only Debian 13's keepalived knows is put in the words of the one before.
  const files = await written(/keepalived\.conf$/, (text) =>
    text
      .replace(/^include .*$/m, '$LAB_INTERFACE=lab0')
      .replace('include /run/quintet/vrrp-start.conf', `include ${join(folder, 'vrrp-start.conf')}`)
      .replace('notify /usr/local/lib/quintet/vrrp-changed', 'notify /bin/true')
      .replace('script_user keepalived_script', 'script_user root')
      .replace('/usr/local/lib/quintet/haproxy-alive', '/bin/true')
      .replace('/run/quintet/haproxy-down', join(folder, 'haproxy-down'))
      .replace('interval 0.3', 'interval 1'),
  );
  t.true(files.length >= 4);
  await writeFile(join(folder, 'haproxy-down'), '0\n');
  const start = rendered[0]?.files.get('machines/lb1/etc/keepalived/start-usual.conf') ?? '';
  await writeFile(join(folder, 'vrrp-start.conf'), start);
  const command = 'ip link add lab0 type veth peer name lab1; exec keepalived --config-test --use-file "$0"';
  for (const file of files) await accepts(t, ['unshare', '--net', 'sh', '-c', command, file]);
});

needs('bash')('a machine whose packages are all there calls no apt', async (t) => {
  const provisioner = rendered[0]?.files.get('machines/lb1/provision.sh') ?? '';
  const packages = provisioner.slice(provisioner.indexOf('# Packages:'), provisioner.indexOf('# --- Firewall'));
  const said = (status: string) =>
    run(['bash', '-euo', 'pipefail', '-s'], {
      input: `dpkg() { :; }\ndpkg-query() { shift 2; printf '<%s=${status}>' "$@"; }\napt-get() { echo "apt-get $*"; return 1; }\n${packages}\necho reached`,
    });
  const there = await said('installed');
  t.is(there.stdout, 'reached\n');
  const missing = await said('not-installed');
  t.is(missing.exitCode, 1);
  t.regex(missing.stdout, /installing .*haproxy.*\n.*update/);
  t.regex(missing.stderr, /packages can't be installed: .*keepalived/);
});

needs('promtool')('Prometheus accepts its configuration and its rules', async (t) => {
  for (const path of await written(/\/etc\/prometheus\/prometheus\.yml$/))
    await accepts(t, ['promtool', 'check', 'config', '--syntax-only', path]);
  for (const path of await written(/\/etc\/prometheus\/rules\//))
    await accepts(t, ['promtool', 'check', 'rules', path]);
});

needs('amtool')('Alertmanager accepts its configuration', async (t) => {
  for (const path of await written(/\/etc\/prometheus\/alertmanager\.yml$/))
    await accepts(t, ['amtool', 'check-config', path]);
});
