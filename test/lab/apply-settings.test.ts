import test from 'ava';
import fc from 'fast-check';
import { applySettings } from '../../src/lab/apply-settings.js';
import { formatProblems } from '../../src/lab/format-problems.js';
import { parseLab } from '../../src/lab/parse-lab.js';

const text = `# The lab
name: lab # its name
vrrp:
  # how often
  timing: balanced
machines:
  # the first
  lb1: {roles: [load-balancer], cores: 1}
  lb2: {roles: [load-balancer]}
  web: {roles: [web]} # nginx
  app: {roles: [app]}
  db: {roles: [database]}
`;

const applied = (...settings: string[]): string => {
  const result = applySettings(text, settings);
  return result.ok ? result.text : formatProblems(result.problems, result.text);
};

const labOf = (written: string) => {
  const parsed = parseLab(written, 'lab.yaml');
  return parsed.ok ? parsed.lab : undefined;
};

test('a setting changes its value and leaves every comment', (t) => {
  t.is(applied('vrrp.timing=fast'), text.replace('balanced', 'fast'));
  t.is(applied('name=other'), text.replace('name: lab', 'name: other'));
  t.is(applied('machines.web.roles=web,app'), text.replace('roles: [web]', 'roles: [web, app]'));
  t.is(applied('machines.lb1.cores=2'), text.replace('cores: 1', 'cores: 2'));
});

test('no setting changes nothing, not even the spacing', (t) => {
  const odd = 'name:    lab\n\n\n\nvrrp: {  timing: fast }\n';
  t.deepEqual(applySettings(odd, []), { ok: true, text: odd });
});

test('a section that is missing or empty is made', (t) => {
  t.is(labOf(applied('ports.http=8080'))?.ports.http, 8080);
  const empty = applySettings('vrrp:\n  # timing: fast\n', ['vrrp.advertMs=200']);
  t.is(empty.ok && empty.text, 'vrrp:\n  # timing: fast\n  advertMs: 200\n');
  const none = applySettings('', ['title=Mine']);
  t.is(none.ok && none.text, 'title: Mine\n');
});

test('setting a machine of a file that names none keeps the default ones', (t) => {
  const result = applySettings('', ['machines.web.memoryMb=1024']);
  const lab = result.ok ? labOf(result.text) : undefined;
  t.deepEqual(Object.keys(lab?.machines ?? {}), ['lb1', 'lb2', 'web', 'app', 'db']);
  t.is(lab?.machines.web?.memoryMb, 1024);
});

test('a machine is added by its roles', (t) => {
  const lab = labOf(applied('machines.app2.roles=[app]', 'machines.app2.memoryMb=256'));
  t.deepEqual(lab?.machines.app2, { roles: ['app'], memoryMb: 256, cores: 1 });
});

test('nothing behind the = gives the default back', (t) => {
  t.is(labOf(applied('vrrp.timing=', 'name='))?.name, 'lab');
});

test('text is taken as it is', (t) => {
  for (const title of [
    '2024',
    'yes',
    'a: b # c',
    '[x',
    "it's",
    '<%= x %>',
    '#{x} $(y) `z`',
    'null and void',
    '@home',
  ]) {
    t.is(labOf(applied(`title=${title}`))?.title, title);
  }
});

const wrong: readonly (readonly [setting: string, said: string])[] = [
  [
    'vrp.timing=fast',
    '--set:1:1 error: there is no key called vrp\n  1 | vrp.timing=fast\n    | ^^^\n      did you mean vrrp?',
  ],
  [
    'vrrp.timng=fast',
    '--set:1:6 error: vrrp has no key called timng\n  1 | vrrp.timng=fast\n    |      ^^^^^\n      did you mean timing?',
  ],
  [
    'vrrp.timing=fats',
    '--set:1:13 error: vrrp.timing must be classic, balanced or fast, not "fats"\n  1 | vrrp.timing=fats\n    |             ^^^^\n      did you mean fast?',
  ],
  [
    'machines.wbe.cores=2',
    '--set:1:10 error: the lab has no machine called wbe\n  1 | machines.wbe.cores=2\n    |          ^^^\n      did you mean web?\n      hint: to add one, also set machines.wbe.roles=[…].',
  ],
  [
    'machines.Web2.roles=web',
    '--set:1:10 error: "Web2" must be a host name: a-z, 0-9 and -, starting with a\n  letter\n  1 | machines.Web2.roles=web\n    |          ^^^^\n      did you mean web2?',
  ],
  ['name.first=x', '--set:1:6 error: name is set as a whole: name=…\n  1 | name.first=x\n    |      ^^^^^'],
  ['vrrp', '--set:1:1 error: a setting is path=value\n  1 | vrrp\n    | ^^^^\n      hint: such as vrrp.timing=fast.'],
  [
    '=fast',
    '--set:1:1 error: a setting is path=value\n  1 | =fast\n    | ^^^^^\n      hint: such as vrrp.timing=fast.',
  ],
  [
    'vrrp..timing=fast',
    '--set:1:1 error: a path is made of names with one dot between two\n  1 | vrrp..timing=fast\n    | ^^^^^^^^^^^^',
  ],
  [
    'app.runtime=[',
    '--set:1:13 error: this value is no YAML: Flow sequence must end with a ]\n  1 | app.runtime=[\n    |             ^',
  ],
  [
    'machines.web.memoryMb=1G',
    '--set:1:23 error: machines.web.memoryMb must be a whole number, not "1G"\n  1 | machines.web.memoryMb=1G\n    |                       ^^\n      did you mean 1024?',
  ],
];

for (const [setting, said] of wrong) {
  test(`says what is wrong with --set ${setting}`, (t) => {
    t.is(applied(setting), said);
  });
}

test('every wrong setting is told at once, each on its own line', (t) => {
  const result = applySettings(text, ['vrp=1', 'name=ok', 'vrrp.timng=fast', 'x']);
  t.deepEqual(result.ok ? [] : result.problems.map(({ line }) => line), [1, 3, 4]);
});

test('a file that is wrong itself is shown as the file', (t) => {
  const result = applySettings('name: "x\n', ['name=y'], 'my/lab.yaml');
  t.deepEqual(result.ok ? [] : result.problems.map(({ file, line }) => [file, line]), [['my/lab.yaml', 1]]);
  t.false(applySettings('- a list\n', ['name=y']).ok);
  t.false(applySettings('x: &x {timing: fast}\nvrrp: *x\n', ['vrrp.timing=classic']).ok);
});

test('whatever is set, the answer is a text that can be read or a list of problems', (t) => {
  const path = fc.constantFrom('title', 'name', 'vrrp.timing', 'machines.web.roles', 'machines', 'network', 'box.url');
  fc.assert(
    fc.property(path, fc.string(), (where, value) => {
      const result = applySettings(text, [`${where}=${value}`]);
      if (!result.ok) return result.problems.length > 0;
      const parsed = parseLab(result.text, 'lab.yaml');
      return parsed.ok || parsed.problems.every(({ message }) => !message.startsWith('this is no YAML'));
    }),
    { numRuns: 200 },
  );
  t.pass();
});
