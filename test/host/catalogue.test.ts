import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { catalogueLab, catalogueNames, labsFolder, readScenarios, scenariosOf } from '../../src/host/catalogue.js';
import { everyKey } from '../../src/lab/schema-walk.js';
import { InputError } from '../../src/model/errors.js';
import { labSchema } from '../../src/model/lab.js';
import { scheduled } from '../../src/plan/expectation.js';
import { planOf } from '../../src/plan/plan.js';
import { temporaryFolder } from '../rig/temporary.js';

test('every lab of the catalogue is whole: a lab without warnings, a guide and scenarios', async (t) => {
  const names = await catalogueNames();
  t.true(names.includes('scale-up'));
  for (const name of names) {
    const lab = await catalogueLab(name);
    t.is(lab.lab.name, name);
    t.true(lab.guide.startsWith('# '));
    t.true(lab.scenarios.length > 0);
  }
});

test('the lab file of scale-up says the defaults and nothing else', async (t) => {
  const { lab } = await catalogueLab('scale-up');
  t.deepEqual(lab, labSchema.parse({}));
});

test('the lab file of scale-up mentions every key there is', async (t) => {
  const { text } = await catalogueLab('scale-up');
  for (const path of everyKey(labSchema)) t.regex(text, new RegExp(`^ *(?:# *)?${path.at(-1)}:`, 'm'), path.join('.'));
});

test('scale-up ships the three faults of the VIP holder, each a matter of seconds', async (t) => {
  const { lab, scenarios } = await catalogueLab('scale-up');
  t.deepEqual(
    scenarios.map(({ id, target }) => [id, target]),
    [
      ['cable-cut', 'vip-holder'],
      ['haproxy-killed', 'vip-holder'],
      ['power-cut', 'vip-holder'],
    ],
  );
  const plan = planOf(lab);
  for (const scenario of scenarios) {
    const { beforeMs, faultMs, afterMs, outageAtMostMs } = scheduled(scenario, plan);
    t.true(beforeMs + faultMs + afterMs < 6000);
    t.is(outageAtMostMs, plan.vrrp.masterDownMs + 150);
  }
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

test('a lab folder without scenarios is held to those of the default lab, an empty one to none', async (t) => {
  const folder = await temporaryFolder(t);
  const { lab, scenarios } = await catalogueLab('scale-up');
  t.deepEqual(await scenariosOf(folder, lab), scenarios);
  await mkdir(join(folder, 'scenarios'));
  t.deepEqual(await scenariosOf(folder, lab), []);
});
