import type { FaultGround, FaultRow, OpenFault } from './fault-row.js';
import { machineOf, must, script, undoInMemory } from './in-machine.js';

/** A table of nftables that holds back packets. */
export interface NftTable {
  /** Family and name: `inet quintet_fault_vrrp`. */
  readonly name: string;
  /** Its chains; $lab is the interface that bears the machine's own address in the lab network. */
  readonly chains: string;
}

/** Replaces a table in one step; with --check it only asks the kernel whether it would take it. */
const put = `
set -eu
name=$1 address=$2 chains=$3
shift 3
interface=$(ip -oneline -4 address show to "$address/32" | awk '{ print $2; exit }')
if [ -z "$interface" ]; then
  echo "no interface bears $address" >&2
  exit 1
fi
nft "$@" -f - <<END
define lab = "$interface"
table $name
delete table $name
table $name {
$chains
}
END
`;

const remove = (name: string): readonly string[] => ['nft', `table ${name}; delete table ${name}`];

const putting = (ground: FaultGround, open: OpenFault, { name, chains }: NftTable, ...options: readonly string[]) =>
  script(put, 'nft', name, machineOf(ground, open).address, chains, ...options);

/** A fault that is one table of nftables in the machine, from its start to its end. */
export const packetFault = (tableOf: (open: OpenFault, ground: FaultGround) => NftTable): FaultRow => ({
  impossible: async (ground, open) => {
    const argv = putting(ground, open, tableOf(open, ground), '--check');
    const { exitCode, stderr } = await ground.provider.exec(open.machine, argv, { timeoutMs: 10_000 });
    if (exitCode === 0) return undefined;
    return `nftables on ${open.machine} refuses it: ${stderr.trim().split('\n')[0]}`;
  },
  make: async (ground, open) => {
    await must(ground, open, putting(ground, open, tableOf(open, ground)));
    return undefined;
  },
  undo: (ground, open) => undoInMemory(ground, open, () => must(ground, open, remove(tableOf(open, ground).name))),
});
