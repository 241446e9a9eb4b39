import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { ComputerError } from '../../src/model/errors.js';
import type { LabChoices } from '../../src/model/lab.js';
import { planOf } from '../../src/plan/plan.js';
import { hypervisorOf } from '../../src/providers/vagrant/hypervisors/hypervisors.js';
import { requireVagrant } from '../../src/providers/vagrant/requirements.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { temporaryFolder } from '../rig/temporary.js';

/** What the programs of a computer answer to --version; those that are left out are not there. */
interface Computer {
  readonly vagrant?: string;
  readonly VBoxManage?: string;
  readonly ssh?: string;
  readonly networksConf?: string;
  readonly kernel?: string;
}

/** The words of the refusal, or undefined when the lab may be built there. */
const refusal = async (
  t: ExecutionContext,
  { networksConf, kernel, ...programs }: Computer,
  choices: LabChoices = {},
) => {
  const folder = await temporaryFolder(t);
  const bin = join(folder, 'bin');
  await mkdir(bin);
  for (const [name, text] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\necho '${text}'\n`);
    await chmod(join(bin, name), 0o755);
  }
  const conf = join(folder, 'networks.conf');
  if (networksConf !== undefined) await writeFile(conf, networksConf);
  const path = process.env.PATH;
  process.env.PATH = bin;
  try {
    const plan = planOf(labSchema.parse({ provider: 'virtualbox', ...choices }));
    await requireVagrant(hypervisorOf('virtualbox'), plan, conf, kernel);
    return undefined;
  } catch (error) {
    if (!(error instanceof ComputerError)) throw error;
    return `${error.message} -> ${error.hint}`;
  } finally {
    process.env.PATH = path;
  }
};

const [vagrant, VBoxManage, ssh] = ['Vagrant 2.4.9', '7.1.4r165100', 'OpenSSH_10.0p2'];

test.serial('programs that are there and go together are enough', async (t) => {
  t.is(await refusal(t, { vagrant, VBoxManage, ssh }), undefined);
});

test.serial('a missing program is named, with where to get it', async (t) => {
  t.regex((await refusal(t, { VBoxManage })) ?? '', /^Vagrant was not found.*https:.*vagrant\/install/);
  t.regex((await refusal(t, { vagrant })) ?? '', /^VirtualBox was not found.*https:\/\/www\.virtualbox\.org/);
  t.regex((await refusal(t, { vagrant, VBoxManage })) ?? '', /^There is no ssh on this computer/);
});

test.serial(
  'a program that is too old, alone or for the other one, is told with the version that it takes',
  async (t) => {
    const old = await refusal(t, { vagrant: 'Vagrant 2.2.14', VBoxManage });
    t.regex(old ?? '', /^Vagrant 2\.2\.14 is too old: Quintet needs 2\.2\.18 or newer.*Install the current Vagrant/);
    const pair = await refusal(t, { vagrant: 'Vagrant 2.3.4', VBoxManage });
    t.regex(pair ?? '', /^Vagrant 2\.3\.4 can't drive VirtualBox 7\.1\.4: that takes Vagrant 2\.4\.2 or newer/);
  },
);

test.serial('a network that this VirtualBox refuses is told before anything is made', async (t) => {
  const choices = { network: { subnet: '10.9.8.0/24' } };
  const words = await refusal(t, { vagrant, VBoxManage, ssh }, choices);
  if (process.platform !== 'linux') return t.is(words, undefined);
  t.regex(
    words ?? '',
    /^VirtualBox refuses the network 10\.9\.8\.0\/24.*echo '\* 192\.168\.56\.0\/21 10\.9\.8\.0\/24' \| sudo tee -a/,
  );
  t.is(await refusal(t, { vagrant, VBoxManage, ssh, networksConf: '* 10.0.0.0/8\n' }, choices), undefined);
});

test.serial('VirtualBox from inside WSL is refused with the ways out, unless Vagrant may touch Windows', async (t) => {
  const computer = { vagrant, VBoxManage, ssh, kernel: '5.15.167.4-microsoft-standard-WSL2' };
  t.regex((await refusal(t, computer)) ?? '', /this is WSL.*provider: container.*VAGRANT_WSL_ENABLE_WINDOWS_ACCESS=1/);
  process.env.VAGRANT_WSL_ENABLE_WINDOWS_ACCESS = '1';
  t.teardown(() => delete process.env.VAGRANT_WSL_ENABLE_WINDOWS_ACCESS);
  t.is(await refusal(t, computer), undefined);
});
