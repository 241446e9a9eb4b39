import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import {
  catalogueLab,
  catalogueNames,
  labPath,
  labsFolder,
  readScenarios,
  scenarioFiles,
  scenariosOf,
} from '../../src/host/catalogue.js';
import { filesBelow } from '../../src/host/files.js';
import { scenarioSchemaPath } from '../../src/lab/json-schema.js';
import { everyKey } from '../../src/lab/schema-walk.js';
import { InputError } from '../../src/model/errors.js';
import { expectedIn, scheduled } from '../../src/plan/expectation.js';
import { planOf } from '../../src/plan/plan.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { timings } from '../../src/roles/load-balancer.js';
import { temporaryFolder } from '../rig/temporary.js';

test('every lab of the catalogue is whole: a lab without warnings, a guide and scenarios', async (t) => {
  const names = await catalogueNames();
  t.deepEqual(names.slice(0, 4), ['one-server', 'three-servers', 'secured-and-monitored', 'scale-up']);
  for (const name of names) {
    const lab = await catalogueLab(name);
    t.is(lab.lab.name, name);
    t.true(lab.guide.startsWith('# '));
    t.true(lab.scenarios.length > 0);
    t.regex(lab.adds, /^[a-z].*[^.]$/, 'a line that goes on from the lab before it');
  }
});

test('every folder of a lab is on the path, and every shared scenario is taught somewhere', async (t) => {
  const path = await labPath();
  const folders = (await filesBelow(labsFolder)).filter((file) => file.endsWith('/lab.yaml'));
  t.deepEqual(folders, path.map(({ lab }) => `${lab}/lab.yaml`).sort());
  const shared = (await filesBelow(join(labsFolder, 'scenarios'))).map((file) => file.replace(/\.yaml$/, ''));
  t.deepEqual([...new Set(path.flatMap(({ scenarios }) => scenarios))].sort(), shared);
});

test('a guide names the scenarios of its lab, and no other', async (t) => {
  for (const name of await catalogueNames()) {
    const lab = await catalogueLab(name);
    const commands = lab.guide.match(/^ *quintet verify [a-z -]+$/gm) ?? [];
    const named = commands.flatMap((line) => line.trim().split(' ').slice(2)).filter((word) => !word.startsWith('-'));
    for (const id of named) t.true(idsOf(lab).includes(id), `${name}: ${id}`);
  }
});

const idsOf = ({ scenarios }: { readonly scenarios: readonly { readonly id: string }[] }) =>
  scenarios.map(({ id }) => id);

test('the lab file of scale-up says the defaults and nothing else', async (t) => {
  const { lab } = await catalogueLab('scale-up');
  t.deepEqual(lab, labSchema.parse({ name: 'scale-up' }));
});

test('the lab file of scale-up mentions every key there is', async (t) => {
  const { text } = await catalogueLab('scale-up');
  for (const path of everyKey(labSchema)) t.regex(text, new RegExp(`^ *(?:# *)?${path.at(-1)}:`, 'm'), path.join('.'));
});

test('scale-up ships its scenarios in the order in which they are taught', async (t) => {
  const { scenarios } = await catalogueLab('scale-up');
  t.deepEqual(
    scenarios.map(({ id }) => id),
    [
      ...['haproxy-killed', 'haproxy-hung', 'keepalived-stopped', 'power-cut', 'cable-cut'],
      ...['keepalived-killed', 'cable-one-way', 'vrrp-partition', 'machine-paused'],
      ...['haproxy-reload', 'haproxy-config-broken', 'planned-maintenance', 'rolling-restart'],
      ...['standby-power-cut', 'failback-without-preemption', 'cpu-pressure', 'failback-with-preemption', 'clock-jump'],
      'app-reload',
      'app-worker-killed',
      ...['web-killed', 'web-power-cut', 'app-killed', 'app-power-cut', 'database-killed', 'database-power-cut'],
      'database-disk-full',
    ],
  );
});

test('every scenario of scale-up names the schema that lies in a lab folder, for editors', async (t) => {
  const folder = labsFolder;
  for (const { file, text } of await scenarioFiles(folder, labSchema.parse({}))) {
    t.is(text.split('\n')[0], `# yaml-language-server: $schema=../${scenarioSchemaPath}`, file);
  }
});

for (const timing of timings) {
  test(`the scenarios of scale-up hold under the timing ${timing}, and take three minutes at most`, async (t) => {
    const lab = labSchema.parse({ vrrp: { timing } });
    const scenarios = await readScenarios(labsFolder, lab);
    const lengths = scenarios.map((scenario) => {
      const { beforeMs, faults, afterMs } = scheduled(scenario, planOf(lab));
      return beforeMs + Math.max(...faults.map(({ atMs, forMs }) => atMs + forMs)) + afterMs;
    });
    t.true(lengths.reduce((sum, each) => sum + each, 0) <= 180_000);
  });
}

/** Every lab with one or two of each, and one database or a cluster of three, under that timing. */
const shapes = (timing: (typeof timings)[number]) => {
  const some = (role: string, count: number) =>
    Array.from({ length: count }, (_, index) => [`${role}${index + 1}`, { roles: [role] }] as const);
  const counts = [1, 2].flatMap((balancers) => [1, 2].flatMap((webs) => [1, 2].map((apps) => [balancers, webs, apps])));
  return counts.flatMap(([balancers = 1, webs = 1, apps = 1]) =>
    [1, 3].map((databases) => ({
      title: `${balancers} load balancers, ${webs} web, ${apps} app, ${databases} databases`,
      lab: {
        machines: Object.fromEntries([
          ...some('load-balancer', balancers),
          ...some('web', webs),
          ...some('app', apps),
          ...some('database', databases),
        ]),
        vrrp: { timing },
        ...(databases > 1 && { database: { timing } }),
      },
    })),
  );
};

for (const timing of timings) {
  test(`the shared scenarios hold in a lab of any shape under the timing ${timing}`, async (t) => {
    for (const { title, lab } of shapes(timing)) {
      await t.notThrowsAsync(readScenarios(labsFolder, labSchema.parse(lab)), title);
    }
  });
}

test('every scenario of scale-up judges the VIP or the site, and each fault of a single machine expects an outage', async (t) => {
  const { scenarios } = await catalogueLab('scale-up');
  const { machines } = planOf(labSchema.parse({}));
  for (const scenario of scenarios) {
    const { id, faults } = scenario;
    const expect = expectedIn(scenario, machines);
    t.truthy(expect.site ?? expect.vip ?? expect.static, id);
    const alone = faults.some(
      ({ target, fault }) =>
        ['web', 'app', 'database'].includes(target) &&
        !['disk-full', 'service-reloaded', 'worker-killed'].includes(fault),
    );
    const expected = [expect.site, expect.dynamic].some((part) => part?.outage === 'expected');
    t.is(expected, alone || id === 'cable-one-way', id);
  }
});

test('scenarios come in the order of the guide, those that it does not name after them', async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'scenarios'));
  const text = (id: string) =>
    `id: ${id}\ntitle: x\nwhy: x\nfaults: [{fault: power-cut, target: web, for: 1 s}]\nexpect: {}\n`;
  for (const id of ['cut', 'web-cut', 'app-cut', 'a-cut', 'b-cut']) {
    await writeFile(join(folder, 'scenarios', `${id}.yaml`), text(id));
  }
  const order = async () => (await readScenarios(folder, labSchema.parse({}))).map(({ id }) => id);
  t.deepEqual(await order(), ['a-cut', 'app-cut', 'b-cut', 'cut', 'web-cut']);
  await writeFile(join(folder, 'guide.md'), 'First `web-cut`, then `cut`; then app-cut.\n');
  t.deepEqual(await order(), ['web-cut', 'cut', 'app-cut', 'a-cut', 'b-cut']);
});

test('an unknown lab is the user’s to mend, with the one that was meant', async (t) => {
  const error = await t.throwsAsync(() => catalogueLab('scaleup'), { instanceOf: InputError });
  t.is(error.message, 'there is no lab called scaleup: did you mean scale-up?');
  await t.throwsAsync(() => catalogueLab('../src'), { instanceOf: InputError });
});

test('everything wrong with any scenario is told at once', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'quintet-catalogue-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const lab = labSchema.parse({});
  t.deepEqual(await readScenarios(folder, lab), []);
  await mkdir(join(folder, 'scenarios'));
  await writeFile(join(folder, 'scenarios', 'one.yaml'), 'id: one\n');
  await writeFile(join(folder, 'scenarios', 'two.yml'), 'id: 2\n');
  await writeFile(join(folder, 'scenarios', 'notes.txt'), 'not a scenario\n');
  const error = await t.throwsAsync(() => readScenarios(folder, lab), { instanceOf: InputError });
  t.regex(error.message, /one\.yaml:1:1 error: the file needs\s+title/);
  t.regex(error.message, /two\.yml:1:5 error: id must be text, not\s+2/);
  t.true(labsFolder.endsWith('/labs/'));
});

test('a lab folder without scenarios is held to the shared ones, an empty one to none', async (t) => {
  const folder = await temporaryFolder(t);
  const { lab, scenarios } = await catalogueLab('scale-up');
  t.deepEqual(await scenariosOf(folder, lab), { scenarios, wrong: [] });
  await mkdir(join(folder, 'scenarios'));
  t.deepEqual(await scenariosOf(folder, lab), { scenarios: [], wrong: [] });
});
