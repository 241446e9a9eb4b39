import { freemem, totalmem } from 'node:os';

/**
 * Bytes that programs may still have. Linux and Windows say so themselves; macOS calls only that free which holds nothing at
 * all, and gives up cached files when it must: about half of it all.
 */
export const availableBytes = (
  platform: NodeJS.Platform = process.platform,
  { free, total } = { free: freemem(), total: totalmem() },
): number => (platform === 'darwin' ? Math.max(free, total / 2) : free);
