import type { Packages } from '../model/role.js';

/** Packages of the system's own release. */
export const release = (...names: readonly string[]): Packages => ({ names, fromSid: [] });
