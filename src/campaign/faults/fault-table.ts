import type { FaultKind } from '../../model/scenario.js';
import { cableCut } from './cable.js';
import { clockJump } from './clock.js';
import { configBroken } from './configuration.js';
import { diskFull } from './disk.js';
import type { FaultGround, FaultRow, OpenFault } from './fault-row.js';
import { clusterPartition, packetLoss, vrrpPartition } from './packets.js';
import { machinePaused, powerCut } from './power.js';
import { cpuPressure, memoryPressure } from './pressure.js';
import { processHung, processKilled, workerKilled } from './processes.js';
import { promoted, promotedBlindly } from './promotion.js';
import { serviceReloaded, serviceRestarted, serviceStopped } from './services.js';
import { switched } from './switched.js';
import { tableDropped } from './table.js';

export type { FaultAnswer, FaultGround, HealAnswer, OpenFault } from './fault-row.js';

/** How everything that a scenario can do to a machine is done, and what undoes it. */
export const faultTable: Readonly<Record<FaultKind, FaultRow>> = {
  'process-killed': processKilled,
  'worker-killed': workerKilled,
  'process-hung': processHung,
  'service-stopped': serviceStopped,
  'service-restarted': serviceRestarted,
  'service-reloaded': serviceReloaded,
  'config-broken': configBroken,
  'power-cut': powerCut,
  'machine-paused': machinePaused,
  'cable-cut': cableCut,
  'vrrp-partition': vrrpPartition,
  'cluster-partition': clusterPartition,
  promote: promoted,
  'promote-blindly': promotedBlindly,
  'packet-loss': packetLoss,
  'cpu-pressure': cpuPressure,
  'memory-pressure': memoryPressure,
  'disk-full': diskFull,
  'table-dropped': tableDropped,
  'clock-jump': clockJump,
  switch: switched,
};

/** Why this fault can't be made on that machine here, for people; undefined when it can. */
export const impossible = async (ground: FaultGround, open: OpenFault): Promise<string | undefined> =>
  faultTable[open.fault].impossible?.(ground, open);
