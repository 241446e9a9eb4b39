import { MachineError } from '../../model/errors.js';
import { sentence } from '../../model/sentence.js';
import type { FaultRow, OpenFault } from './fault-row.js';
import { isContainer, machineOf, must, refuseContainer, script, succeeds, undoLasting } from './in-machine.js';

/** A path, or what is left of it when it is gone itself. */
const nearest = `
set -eu
path=$1
while [ ! -e "$path" ]; do path=$(dirname "$path"); done
`;

/** At the root of the file system, so that it is found again whatever became of the path. */
const fillFile = `${nearest}
fill=$(df --output=target "$path" | tail -n 1)/.quintet-fault-fill
`;

const look = `${nearest}
stat --file-system --format='%T' "$path"
df --output=size --block-size=1M "$path" | tail -n 1
`;

/** Fills a file system until less than 1 MiB is free for programs that are not root. */
const filler = `${fillFile}
: >>"$fill"
if [ "$(stat --file-system --format=%T "$fill")" != tmpfs ]; then
${refuseContainer}
fi
for _ in 1 2 3 4 5; do
  free=$(df --output=avail --block-size=1 "$path" | tail -n 1)
  if [ "$free" -lt 1048576 ]; then exit; fi
  size=$(stat --format=%s "$fill")
  fallocate --offset "$size" --length "$free" "$fill" 2>/dev/null ||
    dd if=/dev/zero of="$fill" bs=1M count="$((free / 1048576))" oflag=append conv=notrunc status=none || :
done
echo "the file system of $path can't be filled" >&2
exit 1
`;

const emptier = `${fillFile}
rm -f "$fill"
`;

const pathOf = ({ path = '/' }: OpenFault): string => path;

/**
 * A container's disk is this computer's own, and must never be filled. What is in memory alone (tmpfs) is the container's,
 * unless it may grow larger than the container's whole memory.
 */
const impossible: FaultRow['impossible'] = async (ground, open) => {
  const path = pathOf(open);
  if (!(await succeeds(ground, open, ['test', '-e', path]))) return `there is no ${path} on ${open.machine}`;
  if (!(await isContainer(ground, open))) return undefined;
  const [type, megabytes] = (await must(ground, open, script(look, 'look', path))).trim().split(/\s+/);
  if (type !== 'tmpfs') return `${open.machine} is a container: ${path} is on the disk of this computer`;
  return Number(megabytes) <= machineOf(ground, open).memoryMb
    ? undefined
    : `${open.machine} is a container: ${path} is in the memory of this computer`;
};

export const diskFull: FaultRow = {
  impossible,
  make: async (ground, open) => {
    // Asked again, whoever asked before: this computer is at stake.
    const reason = await impossible(ground, open);
    if (reason !== undefined) throw new MachineError(open.machine, sentence(`The disk can't be filled: ${reason}`));
    await must(ground, open, script(filler, 'fill', pathOf(open)), 120_000);
    return undefined;
  },
  undo: (ground, open) => undoLasting(ground, open, () => must(ground, open, script(emptier, 'empty', pathOf(open)))),
};
