import { join } from 'node:path';
import { isRoot } from './caller.js';
import { ensureDir, namesIn, readIfAny, removeTree, writeFileAtomic } from './files.js';
import { stateFolder } from './own-state.js';

/** The addresses that a lab of virtual machines has on this computer, written down outside of all labs. */
export interface AddressClaim {
  readonly id: string;
  readonly folder: string;
  readonly provider: string;
  readonly addresses: readonly string[];
}

const claimsFolder = (): string => join(stateFolder(), 'addresses');
const claimFile = (id: string): string => join(claimsFolder(), `${id}.json`);

const read = async (name: string): Promise<AddressClaim[]> => {
  try {
    return [JSON.parse((await readIfAny(join(claimsFolder(), name))) ?? '')];
  } catch {
    return [];
  }
};

export const addressClaims = async (): Promise<AddressClaim[]> =>
  (await Promise.all((await namesIn(claimsFolder()).catch(() => [])).map(read))).flat();

/** A user without a place for that has no labs that others could get in the way of, either. */
export const claimAddresses = async (claim: AddressClaim): Promise<void> => {
  const write = async () => {
    await ensureDir(claimsFolder(), 0o700);
    await writeFileAtomic(claimFile(claim.id), `${JSON.stringify(claim)}\n`, 0o600);
  };
  await write().catch((error: unknown) => (isRoot() ? Promise.reject(error) : undefined));
};

export const releaseAddresses = (id: string): Promise<void> => removeTree(claimFile(id));
