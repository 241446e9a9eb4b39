/** Where everything lies on a box's disk: a GPT that BIOS and EFI firmware can both start from. Sizes in sectors. */

export const sectorBytes = 512;
const mebibyte = (1024 * 1024) / sectorBytes;

export interface Partition {
  readonly start: number;
  readonly size: number;
  readonly type: string;
  readonly name: string;
}

/** What the disk may grow to in a machine. The box holds only what is used. */
export const diskGibibytes = 8;
const diskSectors = diskGibibytes * 1024 * mebibyte;

/** Types: https://uefi.org/specs/UEFI/2.10/05_GUID_Partition_Table_Format.html, and GRUB's own for its core. */
export const biosPartition: Partition = {
  start: mebibyte,
  size: mebibyte,
  type: '21686148-6449-6E6F-744E-656564454649',
  name: 'bios',
};
export const efiPartition: Partition = {
  start: 2 * mebibyte,
  size: 62 * mebibyte,
  type: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B',
  name: 'efi',
};
export const rootPartition: Partition = {
  start: 64 * mebibyte,
  // The last mebibyte holds the table's copy.
  size: diskSectors - 65 * mebibyte,
  type: '0FC63DAF-8483-4772-8E79-3D69D8477DE4',
  name: 'root',
};

export const diskBytes = diskSectors * sectorBytes;
export const offsetBytes = ({ start }: Partition): number => start * sectorBytes;
export const sizeBytes = ({ size }: Partition): number => size * sectorBytes;

/** What sfdisk reads. */
export const partitionTable = [
  'label: gpt',
  'unit: sectors',
  ...[biosPartition, efiPartition, rootPartition].map(
    ({ start, size, type, name }) => `start=${start}, size=${size}, type=${type}, name=${name}`,
  ),
  '',
].join('\n');
