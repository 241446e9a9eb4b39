import test from 'ava';
import { readTemplates } from '../../src/host/templates.js';
import { labSchema } from '../../src/model/lab.js';
import { planOf } from '../../src/plan/plan.js';
import { renderLab } from '../../src/render/render.js';

const templates = await readTemplates('templates');

test('a lab folder has a provisioner, a firewall and names for every machine', (t) => {
  const files = renderLab(planOf(labSchema.parse({})), templates);
  for (const machine of ['lb1', 'lb2', 'web', 'app', 'db'])
    for (const file of ['provision.sh', 'etc/nftables.conf', 'etc/hosts'])
      t.true(files.has(`machines/${machine}/${file}`), `${machine}/${file}`);
});
