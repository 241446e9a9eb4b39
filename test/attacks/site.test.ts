import type { ExecutionContext } from 'ava';
import { run } from '../../src/host/command.js';
import { labId } from '../../src/host/lab-folder.js';
import { planOf } from '../../src/plan/plan.js';
import { netnsPath } from '../../src/providers/container/names.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { needs } from '../rig/needs.js';
import { ok, quintet } from '../rig/quintet.js';
import { sharedLab } from '../rig/shared-lab.js';

/** A visitor who asks for what is not there, and a machine of the lab that has been taken over. */

const lab = sharedLab();
const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip', 'curl').serial;
const plan = planOf(labSchema.parse({ name: 'scale-up', provider: 'container' }));
const { vip, siteName, domain } = plan.network;

const sh = async (t: ExecutionContext, machine: string, script: string): Promise<string> =>
  ok(t, await quintet(lab, 'exec', machine, '--', 'sh', '-euc', script)).trim();

/** What curl says of a request at the vantage: the status, and where it is sent on to. */
const curl = async (...argv: string[]): Promise<string> => {
  const network = `--net=${netnsPath({ folder: lab, id: await labId(lab), plan })}`;
  const format = ['--write-out', '%{http_code} %{redirect_url}', '--output', '/dev/null'];
  const { stdout } = await run(['nsenter', network, 'curl', '--silent', '--max-time', '5', ...format, ...argv]);
  return stdout.trim();
};

real('plain http sends on to the site’s own names, as they were asked for', async (t) => {
  for (const host of [siteName, domain, 'localhost', vip, siteName.toUpperCase(), `${siteName}:80`]) {
    const name = host.toLowerCase().replace(/:80$/, '');
    t.is(await curl('--header', `Host: ${host}`, `http://${vip}/a?b=1`), `301 https://${name}/a?b=1`);
  }
});

const forged = [
  'evil.example',
  `${siteName}.evil.example`,
  `evil.example#${siteName}`,
  `${siteName}@evil.example`,
  '[::1]',
  '',
];

for (const host of forged) {
  real(`nobody is sent to "${host}" by the lab’s name`, async (t) => {
    // HAProxy put whatever Host said into the address that it sends visitors on to.
    t.regex(await curl('--header', host === '' ? 'Host;' : `Host: ${host}`, `http://${vip}/`), /^(421|400) ?$/);
  });
}

real('two names at once are refused', async (t) => {
  t.regex(await curl('--header', `Host: ${siteName}, evil.example`, `http://${vip}/`), /^400/);
});

real('a request for another site by its whole address is sent nowhere', async (t) => {
  const path = ['--request-target', 'http://evil.example/', '--header', `Host: ${siteName}`];
  t.regex(await curl(...path, `http://${vip}/`), /^400 ?$/);
});

real('nginx answers to the site’s own names alone, and never writes another into an address', async (t) => {
  const resolve = ['--insecure', '--resolve', `${siteName}:443:${vip}`];
  t.is(await curl(...resolve, '--header', 'Host: evil.example', `https://${siteName}/`), '421');
});

/** A second interface in a machine, as a virtual machine's own way out is. */
const nat = '10.0.2.15';

real('SSH can’t be reached through the lab network, whatever address is asked for', async (t) => {
  // Only the destination was looked at: a route to the NAT interface's address was a way in.
  await sh(
    t,
    'web',
    `ip link add nat0 type veth peer name nat1; ip address add ${nat}/24 dev nat0
     ip link set nat0 up; ip link set nat1 up; systemctl start ssh.socket`,
  );
  t.teardown(() => quintet(lab, 'exec', 'web', '--', 'ip', 'link', 'delete', 'nat0'));
  const web = plan.machines.find(({ name }) => name === 'web')?.address ?? '';
  await sh(t, 'app', `ip route replace ${nat}/32 via ${web}`);
  t.teardown(() => quintet(lab, 'exec', 'app', '--', 'ip', 'route', 'delete', `${nat}/32`));
  const knock = `timeout 3 bash -c 'exec 3<>/dev/tcp/$0/22 && head -c 4 <&3' `;
  t.is(await sh(t, 'web', `${knock} ${nat}`), 'SSH-', 'it does not listen at all');
  t.is(await sh(t, 'app', `${knock} ${nat} 2>/dev/null || echo no`), 'no');
  t.is(await sh(t, 'app', `${knock} ${web} 2>/dev/null || echo no`), 'no');
});

real('a load balancer’s address does not help whoever comes by another interface', async (t) => {
  // A sender's address is easily forged; the interface that a packet comes by is not.
  for (const machine of ['lb1', 'web', 'app', 'db']) {
    const rules = await sh(t, machine, 'nft list chain inet quintet input');
    const accepting = rules.split('\n').filter((line) => / accept$/.test(line) && !/ct state/.test(line));
    t.true(accepting.length >= 2, rules);
    for (const line of accepting) t.regex(line, /iifname/, machine);
  }
});
