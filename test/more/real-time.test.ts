import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startDetached } from '../../src/host/command.js';
import { exists } from '../../src/host/files.js';
import { planOf } from '../../src/plan/plan.js';
import { hierarchies } from '../../src/providers/container/cgroups.js';
import { enterOwnGroup, leaveOwnGroup, runFirst } from '../../src/providers/container/own-group.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { needs } from '../rig/needs.js';

/** How long a process has had a processor, in ms (proc_pid_schedstat of the kernel's documentation). */
const ranMs = async (pid: number): Promise<number> =>
  Number((await readFile(`/proc/${pid}/schedstat`, 'utf8')).split(' ')[0]) / 1e6;

/** A lab that was killed leaves a group that keeps what real time it had asked for. */
needs('root', 'chrt')('what another lab has left takes no real time from the one that is measured', async (t) => {
  const site = { folder: '/nowhere', id: '0e57ab1e', plan: planOf(labSchema.parse({})) };
  const processor = (await hierarchies()).find(({ controllers }) => controllers.includes('cpu'));
  const left = join(processor?.mount ?? '/nowhere', 'quintet-0e57ab1f-vantage');
  const shared = await exists(join(processor?.mount ?? '/nowhere', 'cpu.rt_runtime_us'));
  if (shared) {
    await mkdir(left, { recursive: true });
    t.teardown(() => rmdir(left));
    // What others have left before leaves less to take here.
    for (const us of [800_000, 400_000, 200_000, 100_000])
      if (
        await writeFile(join(left, 'cpu.rt_runtime_us'), String(us)).then(
          () => true,
          () => false,
        )
      )
        break;
  }
  await enterOwnGroup(site, 10_000);
  t.teardown(() => leaveOwnGroup(site));
  const busy = startDetached(['timeout', '10', 'sh', '-c', 'while :; do :; done']);
  t.teardown(() => void process.kill(-busy, 'SIGKILL'));
  const child = await childOf(busy);
  await runFirst(site, child);
  const before = await ranMs(child);
  await delay(1500);
  const ran = (await ranMs(child)) - before;
  t.log(`ran ${Math.round(ran)} of 1,500 ms; real time is ${shared ? '' : 'not '}shared out by group here`);
  t.true(ran > 1200, `${ran} ms`);
});

const childOf = async (pid: number): Promise<number> => {
  for (;;) {
    const child = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim();
    if (child !== '') return Number(child);
    await delay(10);
  }
};
