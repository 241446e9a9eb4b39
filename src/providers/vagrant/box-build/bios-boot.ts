import { sectorBytes } from './disk-layout.js';

/**
 * Starts GRUB from BIOS without grub-install, which wants a real disk. The first sector (boot.img) is told where the core
 * lies, and the core's own first sector where the rest of it is. Offsets: include/grub/i386/pc/boot.h of GRUB 2.
 */

const kernelSector = 0x5c;
/** Tells boot.img not to trust the disk's number on BIOSes that pass a wrong one: a jump over the check is taken out. */
const driveCheck = 0x66;
/** The code before the disk's signature and the (protective) partition table. */
const bootCodeBytes = 440;
/** In the core's first sector: the last entry of a list of pieces; there is one piece, which begins after this sector. */
const firstPiece = sectorBytes - 12;

/** What is written over the beginning of the disk; the partition table behind it stays. */
export const bootSector = (bootImage: Uint8Array, coreStart: number): Uint8Array => {
  if (bootImage.length < bootCodeBytes) throw new Error('boot.img of GRUB is too short');
  const code = Buffer.from(bootImage.subarray(0, bootCodeBytes));
  code.writeBigUInt64LE(BigInt(coreStart), kernelSector);
  code.set([0x90, 0x90], driveCheck);
  return code;
};

/** What is written to the BIOS boot partition, which begins at `coreStart`. */
export const bootCore = (coreImage: Uint8Array, coreStart: number, partitionSectors: number): Uint8Array => {
  const sectors = Math.ceil(coreImage.length / sectorBytes);
  if (sectors < 2 || sectors > partitionSectors) throw new Error(`the core of GRUB has ${sectors} sectors`);
  const core = Buffer.alloc(sectors * sectorBytes);
  core.set(coreImage);
  core.writeBigUInt64LE(BigInt(coreStart + 1), firstPiece);
  core.writeUInt16LE(sectors - 1, firstPiece + 8);
  return core;
};
