import { writeFile } from 'node:fs/promises';
import { must } from '../../../src/host/command.js';
import { planOf } from '../../../src/plan/plan.js';
import { ensureBase } from '../../../src/providers/container/base.js';
import { recipeOf } from '../../../src/providers/container/bases.js';
import { labSchema } from '../../../src/roles/lab-schema.js';
import { outsideOf, proxyAtGateway } from './chassis.js';
import type { Rig } from './rig.js';
import { paths } from './store.js';

/** A box as the public ones are: Debian, and nothing of what the machines are for. */
export const plainBox = 'quintet/plain';

/** A machine of the box finds packages through the rig's proxy; while the box itself is made there is none. */
const findsProxy = `install -m 0755 /dev/stdin /usr/local/bin/rig-proxy <<'END'
#!/bin/sh
if ip route | grep -q 'via 10\\.0\\.2\\.2 '; then echo ${proxyAtGateway}; else echo DIRECT; fi
END
echo 'Acquire::http::Proxy-Auto-Detect "/usr/local/bin/rig-proxy";' >/etc/apt/apt.conf.d/90rig
`;

/** Adds it, and gives the rig's machines a way to the apt proxy at `port` of this computer's loopback. */
export const addPlainBox = async (rig: Rig, port: number): Promise<void> => {
  await must(['ip', 'netns', 'attach', outsideOf(rig.home), String(process.pid)]);
  await writeFile(paths(rig.home).aptProxy, String(port));
  const { system, architecture } = recipeOf({ plan: planOf(labSchema.parse({ provider: 'virtualbox' })) });
  const bare = { system, architecture, packageScript: findsProxy };
  await rig.addBox(plainBox, await ensureBase(bare, () => undefined));
};
