import { randomBytes } from 'node:crypto';
import type { Plan } from '../model/plan.js';
import type { CertificateSecret } from '../model/secret.js';
import { type MachineSecrets, secretsOf } from '../plan/secrets.js';
import { type Authority, isGood, isIssuedBy, isKey, issueAuthority, issueServer, newKeyPem } from './certificates.js';
import { labDoor } from './lab-door.js';
import { labPaths } from './lab-folder.js';

const spareDays = 30;
const authorityDays = 3650;
/** With the day before it begins, as long as a public authority may issue one for; `up` issues it again in time. */
const serverDays = 397;

/** The state folder as this module sees it: paths are relative to it. */
interface Vault {
  read(path: string): Promise<string | undefined>;
  write(path: string, text: string): Promise<void>;
  remove(path: string): Promise<void>;
  readonly written: string[];
}

/**
 * Makes what is missing under `.quintet/` of a lab folder: the lab's certificate authority and, for each machine, what
 * `secretsOf` lists, at `.quintet/machines/<machine>/<path>`. Issues a certificate again when its names no longer match
 * the plan or it ends within 30 days, takes away what a machine no longer needs, and leaves alone what is good. May be
 * killed at any moment and started again. Returns the paths it wrote, relative to `.quintet/`.
 */
export const ensureSecrets = async (folder: string, plan: Plan, now = new Date()): Promise<readonly string[]> => {
  const vault = openVault(folder);
  const wanted = secretsOf(plan);
  const certified = certificatesIn(wanted);
  const authority = await ensureAuthority(vault, plan, certified, now);
  await Promise.all(wanted.map((machine) => ensureMachine(vault, machine, authority, now)));
  await ensurePasswords(vault, wanted);
  await Promise.all(wanted.map((machine) => removeUnneeded(vault, machine)));
  return vault.written;
};

/** Whether, by the paths it wrote, `ensureSecrets` has issued the authority's certificate again: the key was there already. */
export const isAuthorityRenewed = (written: readonly string[]): boolean =>
  written.includes('ca/ca.crt') && !written.includes('ca/ca.key');

const machinePath = (machine: string, path: string) => `machines/${machine}/${path}`;

const certificatesIn = (machines: readonly MachineSecrets[]): CertificateSecret[] =>
  machines.flatMap(({ secrets }) => secrets.filter((one) => one.kind === 'certificate'));

/**
 * The authority keeps its key for as long as the folder lives, so that what trusts it goes on doing so. Its certificate is
 * issued anew when the lab's names change: it vouches for these and no others.
 */
const ensureAuthority = async (
  vault: Vault,
  plan: Plan,
  certified: readonly CertificateSecret[],
  now: Date,
): Promise<Authority> => {
  const keyPem = await ensureKey(vault, 'ca/ca.key');
  const names = [...new Set(certified.flatMap((one) => one.names))];
  const peer = certified.some((one) => one.peer);
  const order = { commonName: `Quintet lab ${plan.name}`, names, keyPem, peer };
  const found = (await vault.read('ca/ca.crt')) ?? '';
  if (isGood(found, order, keyPem, now, spareDays)) return { keyPem, certificatePem: found };
  const certificatePem = await issueAuthority({ ...order, validDays: authorityDays }, now);
  await vault.write('ca/ca.crt', certificatePem);
  return { keyPem, certificatePem };
};

const ensureMachine = async (vault: Vault, { machine, secrets }: MachineSecrets, authority: Authority, now: Date) => {
  for (const secret of secrets) {
    if (secret.kind === 'authority')
      await ensureText(vault, machinePath(machine, secret.path), authority.certificatePem);
    if (secret.kind === 'certificate') await ensureCertificate(vault, machine, secret, authority, now);
  }
};

const ensureCertificate = async (
  vault: Vault,
  machine: string,
  secret: CertificateSecret,
  authority: Authority,
  now: Date,
) => {
  const keyPem = await ensureKey(vault, machinePath(machine, secret.keyPath));
  const order = { commonName: secret.commonName, names: secret.names, keyPem, peer: secret.peer };
  const found = (await vault.read(machinePath(machine, secret.path))) ?? '';
  if (isGood(found, order, authority.keyPem, now, spareDays) && isIssuedBy(found, authority.certificatePem)) return;
  const certificatePem = await issueServer({ ...order, validDays: serverDays }, authority, now);
  await vault.write(machinePath(machine, secret.path), certificatePem);
};

const ensureKey = async (vault: Vault, path: string): Promise<string> => {
  const found = await vault.read(path);
  if (found !== undefined && isKey(found)) return found;
  const keyPem = newKeyPem();
  await vault.write(path, keyPem);
  return keyPem;
};

const ensureText = async (vault: Vault, path: string, text: string) => {
  if ((await vault.read(path)) !== text) await vault.write(path, text);
};

/** A password for each account. One file at a time and always in the same order: whoever comes after a crash goes on from the first copy. */
const ensurePasswords = async (vault: Vault, machines: readonly MachineSecrets[]) => {
  const copies = machines.flatMap(({ machine, secrets }) =>
    secrets.flatMap((secret) =>
      secret.kind === 'password' ? [{ account: secret.account, path: machinePath(machine, secret.path) }] : [],
    ),
  );
  for (const account of new Set(copies.map((copy) => copy.account))) {
    const paths = copies.flatMap((copy) => (copy.account === account ? [copy.path] : []));
    const found = (await Promise.all(paths.map((path) => vault.read(path)))).find((text) => text?.trim());
    const password = found ?? `${randomBytes(24).toString('hex')}\n`;
    for (const path of paths) await ensureText(vault, path, password);
  }
};

const removeUnneeded = async (vault: Vault, { machine, unneeded }: MachineSecrets) => {
  await Promise.all(unneeded.map((path) => vault.remove(machinePath(machine, path))));
};

/** What a process killed half-way left of a file it was writing (see `writeFileAtomic`). */
const half = /(^|\/)\.[^/]+\.[0-9a-f]{8}\.tmp$/;

const openVault = (folder: string): Vault => {
  const door = labDoor(folder);
  const written: string[] = [];
  const at = (path: string) => `${labPaths.own}/${path}`;
  const vault: Vault = {
    written,
    read: async (path) => {
      const found = door.read(at(path));
      // Someone may have copied the folder with wider rights.
      if (found !== undefined && found.mode & 0o077) door.closeToOthers(at(path));
      return found?.content.toString('utf8');
    },
    write: async (path, text) => {
      await door.write(at(path), text, 0o600);
      written.push(path);
    },
    remove: async (path) => door.remove(at(path)),
  };
  door.makeFolder(labPaths.own);
  for (const part of ['ca', 'machines']) {
    for (const path of door.filesBelow(at(part))) if (half.test(path)) door.remove(at(`${part}/${path}`));
  }
  return vault;
};
