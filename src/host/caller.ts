/** Who asks: the user of this process, or the one who called it by sudo. Windows has no such numbers. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

const numberIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^[0-9]{1,10}$/.test(text) ? Number(text) : undefined;

export const isRoot = (): boolean => process.geteuid?.() === 0;

/** The user who called Quintet by sudo; undefined for everybody else. */
export const sudoUser = (env: Readonly<Record<string, string | undefined>> = process.env): Owner | undefined => {
  const [uid, gid] = [numberIn(env.SUDO_UID), numberIn(env.SUDO_GID)];
  return isRoot() && uid !== undefined && gid !== undefined && uid !== 0 ? { uid, gid } : undefined;
};

/** Whether what belongs to this user is the caller's own. Where there are no such numbers, everything is. */
export const isCaller = (uid: number): boolean => {
  const own = process.geteuid?.();
  return own === undefined || uid === own || uid === sudoUser()?.uid;
};

/** Whose a thing shall be that root makes in somebody's folder; undefined where it is right as it is made. */
export const ownerIn = ({ uid, gid }: Owner): Owner | undefined => (isRoot() && uid !== 0 ? { uid, gid } : undefined);
