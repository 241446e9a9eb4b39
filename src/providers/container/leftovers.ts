import { exists, readIfAny } from '../../host/files.js';
import type { LabSite } from '../provider.js';
import { groupNames, groupsCalled, processesIn } from './cgroups.js';
import { claimsOf } from './ids.js';
import { labFolder, labName, netnsPath } from './names.js';
import { processesInNetwork } from './network.js';
import { mountsBelow } from './remove.js';
import { scopesCalled } from './scopes.js';

const processLine = async (pid: number): Promise<string> =>
  `process ${pid} (${((await readIfAny(`/proc/${pid}/comm`)) ?? 'gone').trim()})`;

/** Groups of this lab's machines, found by name: also of machines that lab.yaml no longer has. */
export const labGroups = async (site: LabSite): Promise<string[]> => {
  const prefix = `${labName(site)}-`;
  return [...new Set([...(await groupNames(prefix)), ...(await scopesCalled(prefix))])];
};

/** Whatever of the lab is still on the computer, a line each. */
export const leftoversOf = async (site: LabSite): Promise<string[]> => {
  const groups = await labGroups(site);
  const grouped = await Promise.all(groups.map(processesIn));
  const processes = [...new Set([...grouped.flat(), ...(await processesInNetwork(site))])];
  const paths = (await Promise.all(groups.map(groupsCalled))).flat();
  const network = (await exists(netnsPath(site))) ? [`network namespace ${labName(site)}`] : [];
  const ids = (await claimsOf(site)).map((path) => `user ids ${path}`);
  const folder = (await exists(labFolder(site))) ? [`folder ${labFolder(site)}`] : [];
  return [
    ...(await Promise.all(processes.map(processLine))),
    ...(await mountsBelow(labFolder(site))).map((point) => `mount ${point}`),
    ...paths.map((path) => `control group ${path}`),
    ...(await scopesCalled(`${labName(site)}-`)).map((name) => `systemd unit ${name}.scope`),
    ...network,
    ...folder,
    ...ids,
  ];
};
