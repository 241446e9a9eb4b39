import type { FaultRow, OpenFault } from './fault-row.js';
import { undoLasting } from './in-machine.js';
import { packetFault } from './nft-table.js';

const bothWays: FaultRow = {
  impossible: ({ plan, provider: { faults } }) =>
    faults.cutCable && faults.plugCable ? undefined : `the ${plan.provider} provider can't pull the cable`,
  make: async ({ provider }, { machine }) => {
    await provider.faults.cutCable?.(machine);
    return undefined;
  },
  undo: (ground, open) => undoLasting(ground, open, async () => ground.provider.faults.plugCable?.(open.machine)),
};

const hooks = { in: 'ingress', out: 'egress' } as const;

/** Half a cable: nothing comes in, or nothing goes out, ARP included; the machine itself sees a cable that is well. */
const oneWay = (direction: keyof typeof hooks): FaultRow =>
  packetFault(() => ({
    name: `netdev quintet_fault_cable_${direction}`,
    chains: `
  chain cable {
    type filter hook ${hooks[direction]} device $lab priority -500; policy drop;
  }`,
  }));

const rows = { both: bothWays, in: oneWay('in'), out: oneWay('out') };

const rowOf = ({ direction = 'both' }: OpenFault): FaultRow => rows[direction];

export const cableCut: FaultRow = {
  impossible: (ground, open) => rowOf(open).impossible?.(ground, open),
  make: (ground, open) => rowOf(open).make(ground, open),
  undo: (ground, open) => rowOf(open).undo(ground, open),
};
