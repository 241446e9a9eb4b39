import { withRole } from '../ground.js';
import type { FaultGround, FaultRow } from './fault-row.js';
import { machineOf } from './in-machine.js';
import { packetFault } from './nft-table.js';

const partition = packetFault(() => ({
  name: 'inet quintet_fault_vrrp',
  // 112 is VRRP, an IP protocol of its own (RFC 9568 section 5.1.1.4).
  chains: `
  chain arriving {
    type filter hook input priority raw; policy accept;
    meta l4proto 112 counter drop
  }
  chain leaving {
    type filter hook output priority raw; policy accept;
    meta l4proto 112 counter drop
  }`,
}));

/** The load balancers see each other's machines, but not each other's adverts: both take the VIP. */
export const vrrpPartition: FaultRow = {
  ...partition,
  impossible: (ground, open) =>
    machineOf(ground, open).roles.includes('load-balancer')
      ? partition.impossible?.(ground, open)
      : `${open.machine} is no load balancer, so it speaks no VRRP`,
};

/** A replica reaches its source at the port that everybody does: only the other database is parted from it. */
const pairParted = packetFault((open, ground) => {
  const { ports } = ground.plan;
  const others = withRole(ground.plan, 'database').filter(({ name }) => name !== open.machine);
  const addresses = others.map(({ address }) => address).join(', ');
  return {
    name: 'inet quintet_fault_pair',
    chains: `
  chain arriving {
    type filter hook input priority raw; policy accept;
    iifname $lab ip saddr { ${addresses} } tcp dport ${ports.database} counter drop
    iifname $lab ip saddr { ${addresses} } tcp sport ${ports.database} counter drop
  }
  chain leaving {
    type filter hook output priority raw; policy accept;
    oifname $lab ip daddr { ${addresses} } tcp dport ${ports.database} counter drop
    oifname $lab ip daddr { ${addresses} } tcp sport ${ports.database} counter drop
  }`,
  };
});

const clusterParted = packetFault((_, { plan: { ports } }) => {
  const among = [ports.group, ports.changes, ports.copies].join(', ');
  return {
    name: 'inet quintet_fault_cluster',
    chains: `
  chain arriving {
    type filter hook input priority raw; policy accept;
    iifname $lab tcp dport { ${among} } counter drop
    iifname $lab tcp sport { ${among} } counter drop
  }
  chain leaving {
    type filter hook output priority raw; policy accept;
    oifname $lab tcp dport { ${among} } counter drop
    oifname $lab tcp sport { ${among} } counter drop
  }`,
  };
});

const databasesParted = ({ plan: { database } }: FaultGround): FaultRow =>
  database.replica === undefined ? clusterParted : pairParted;

/**
 * A database no longer hears the other ones, but whoever asks it still reaches it: the minority of a cluster must refuse, and a
 * source goes on without its replica.
 */
export const clusterPartition: FaultRow = {
  make: (ground, open) => databasesParted(ground).make(ground, open),
  undo: (ground, open) => databasesParted(ground).undo(ground, open),
  impossible: (ground, open) => {
    const { cluster, replica } = ground.plan.database;
    if (cluster === undefined && replica === undefined) return 'this lab has one database alone';
    if (!machineOf(ground, open).roles.includes('database')) return `${open.machine} is no database server`;
    return databasesParted(ground).impossible?.(ground, open);
  },
};

/** Each packet is lost by itself, in both directions, on the lab's interface alone. */
export const packetLoss: FaultRow = packetFault(({ percent }) => {
  if (percent === undefined) throw new Error('packet-loss of how many percent?');
  return {
    name: 'inet quintet_fault_loss',
    chains: `
  chain arriving {
    type filter hook prerouting priority raw; policy accept;
    iifname $lab numgen random mod 100 < ${percent} counter drop
  }
  chain leaving {
    type filter hook output priority raw; policy accept;
    oifname $lab numgen random mod 100 < ${percent} counter drop
  }`,
  };
});
