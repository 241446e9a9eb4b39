import test from 'ava';
import type { Lab } from '../../src/model/lab.js';
import type { PlannedMachine } from '../../src/model/plan.js';
import { planOf } from '../../src/plan/plan.js';
import { quoteFor } from '../../src/render/language.js';
import { renderLab, renderMachine } from '../../src/render/render.js';
import { renderTemplate } from '../../src/render/template.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { templates } from '../rig/templates.js';

const lab = (change: Record<string, unknown> = {}): Lab => labSchema.parse(change);
const plan = planOf(lab());
const machineNamed = (name: string) => plan.machines.find((machine) => machine.name === name) ?? plan.machines[0];

test('a lab folder has a provisioner, a firewall and names for every machine, and plain Vagrant', (t) => {
  const files = renderLab(plan, templates);
  for (const machine of ['lb1', 'lb2', 'web', 'app', 'db'])
    for (const file of ['provision.sh', 'etc/nftables.conf', 'etc/hosts'])
      t.true(files.has(`machines/${machine}/${file}`), `${machine}/${file}`);
  t.true(files.has('Vagrantfile'));
  t.regex(files.get('.gitignore') ?? '', /^\/\.quintet\/$/m);
});

test('a machine gets the files of its own roles and of no other', (t) => {
  const files = [...renderLab(plan, templates).keys()];
  const machinesWith = (path: string) =>
    files.filter((file) => file.endsWith(`/${path}`)).map((file) => file.split('/')[1]);
  t.deepEqual(machinesWith('etc/haproxy/haproxy.cfg'), ['lb1', 'lb2']);
  t.deepEqual(machinesWith('etc/keepalived/keepalived.conf'), ['lb1', 'lb2']);
  t.deepEqual(machinesWith('etc/nginx/nginx.conf'), ['web']);
});

test('a machine with several roles gets all of them', (t) => {
  const shared = planOf(
    lab({ machines: { one: { roles: ['load-balancer', 'web'] }, two: { roles: ['app', 'database'] } } }),
  );
  const files = renderLab(shared, templates);
  t.true(files.has('machines/one/etc/haproxy/haproxy.cfg'));
  t.true(files.has('machines/one/etc/nginx/nginx.conf'));
  const provisioner = files.get('machines/one/provision.sh') ?? '';
  t.true(provisioner.includes('put etc/haproxy/haproxy.cfg'));
  t.true(provisioner.includes('put etc/nginx/'));
});

test('the same plan gives the same files, byte for byte', (t) => {
  t.deepEqual([...renderLab(plan, templates)], [...renderLab(planOf(lab()), templates)]);
});

test('only what the engine composed is written unquoted', (t) => {
  for (const [path, text] of templates) {
    if (!path.endsWith('.ejs')) continue;
    for (const [raw] of text.matchAll(/<%-.*?%>/gs)) t.regex(raw, /^<%- pieces\.\w+ %>$/, path);
    t.notRegex(text, /\binclude\(/, path);
  }
});

test('a value is quoted for the language of the file it goes to', (t) => {
  const at = (path: string, value: string) =>
    renderTemplate(path, '<%= plan.title %>', { plan: { ...plan, title: value } });
  t.is(at('provision.sh', '$(id)'), "'$(id)'");
  t.is(at('Vagrantfile', "#{`id`}'"), '"\\#{`id`}\'"');
  t.is(at('Vagrantfile', 'C:\\boxes\\new.box'), '"C:\\\\boxes\\\\new.box"');
  t.is(at('srv/www/index.html', '<b>'), '&lt;b&gt;');
  t.is(at('etc/haproxy/haproxy.cfg', 'a b'), "'a b'");
  t.throws(() => at('etc/keepalived/keepalived.conf', 'a b'));
  t.throws(() => at('etc/hosts', 'a b'));
  t.is(quoteFor('etc/systemd/system/x.service')('%'), '%%');
});

test('a template that misspells a value, or has none, fails and says where', (t) => {
  t.throws(() => renderTemplate('etc/hosts', '\n<%= plam.name %>', { plan }), { message: /etc\/hosts:2[\s\S]*plam/ });
  t.throws(() => renderTemplate('etc/hosts', '<%= plan.nothing %>', { plan }), { message: /undefined/ });
});

test('two roles that bring the same file are refused, not silently overwritten', (t) => {
  const both = new Map([...templates, ['web/etc/haproxy/haproxy.cfg', 'x']]);
  const machine = { ...machineNamed('lb1'), roles: ['load-balancer', 'web'] } as PlannedMachine;
  t.throws(() => renderMachine(plan, machine, both), { message: /both bring etc\/haproxy/ });
});

test('the firewall lets in exactly the rows of the connection matrix', (t) => {
  for (const machine of plan.machines) {
    const rules = renderMachine(plan, machine, templates).get('etc/nftables.conf') ?? '';
    t.regex(rules, /policy drop/);
    const accepts = rules.split('\n').filter((line) => line.endsWith(' accept') && /dport|protocol/.test(line));
    const rows = plan.connections.filter((row) => row.to === machine.name);
    // One more than the matrix: Vagrant's own way in, outside the lab network.
    t.is(accepts.length, rows.length + 1, machine.name);
    for (const row of rows)
      t.true(
        accepts.some((line) => line.includes(row.port === undefined ? 'ip protocol' : `tcp dport ${row.port} `)),
        row.purpose,
      );
  }
});
