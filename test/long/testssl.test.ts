import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../src/host/command.js';
import { labId } from '../../src/host/lab-folder.js';
import { planOf } from '../../src/plan/plan.js';
import { netnsPath } from '../../src/providers/container/names.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { needs } from '../rig/needs.js';
import { ok, quintet } from '../rig/quintet.js';
import { sharedLab } from '../rig/shared-lab.js';
import { temporaryFolder } from '../rig/temporary.js';

/** What testssl.sh finds at the virtual IP, asked from the vantage. */

const lab = sharedLab();
const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip', 'testssl');

interface Found {
  readonly id: string;
  readonly severity: string;
  readonly finding: string;
}

/** No worse than LOW. */
const harmless = ['OK', 'INFO', 'LOW'];

const apart: Readonly<Record<string, string>> = {
  engine_problem: 'testssl.sh says of this computer’s OpenSSL that it lacks Russian ciphers',
  cert_revocation:
    'a lab’s authority publishes no list of revoked certificates: its lab is its only reader, and has no network',
};

real.serial('testssl.sh finds nothing above low at the virtual IP', async (t) => {
  const plan = planOf(labSchema.parse({ name: 'scale-up', provider: 'container' }));
  const folder = await temporaryFolder(t);
  const file = join(folder, 'found.json');
  const { vip, siteName } = plan.network;
  ok(t, await quintet(lab, 'verify', '--checks-only'));
  const testssl = ['testssl', '--quiet', '--color', '0', '--warnings', 'batch', '--nodns', 'none', '--ip', vip];
  const about = ['--add-ca', join(lab, '.quintet', 'ca', 'ca.crt'), '--jsonfile', file, `https://${siteName}:443`];
  const network = `--net=${netnsPath({ folder: lab, id: await labId(lab), plan })}`;
  await run(['nsenter', network, ...testssl, ...about], { timeoutMs: 15 * 60_000 });
  const found: Found[] = JSON.parse(await readFile(file, 'utf8'));
  t.true(found.length > 100, `only ${found.length} findings`);
  t.true(found.some(({ id, severity }) => id === 'cert_chain_of_trust' && severity === 'OK'));
  const bad = found.filter(({ id, severity }) => !harmless.includes(severity) && !Object.hasOwn(apart, id));
  t.deepEqual(bad, []);
  await rm(file);
});
