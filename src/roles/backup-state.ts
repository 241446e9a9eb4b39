/** What the backup server says of itself (`backup look`). */
export interface BackupState {
  /** The newest base backup that was tried; undefined where there is none yet. */
  readonly base?: {
    readonly name: string;
    readonly ageS: number;
    /** The first binary log that it needs. */
    readonly log: string;
    /** The transactions that it holds. */
    readonly gtids: string;
    /** What is wrong with its file; empty where nothing is. */
    readonly problem: string;
  };
  readonly bases: number;
  /** What systemd says of the stream. */
  readonly stream: string;
  /** The newest binary log, and how much of it is there; undefined where there is none. */
  readonly last?: { readonly log: string; readonly bytes: number };
  /** What is missing between the first binary log that the base backup needs and the newest; empty where nothing is. */
  readonly gap: string;
  /** Whether the database answers it. */
  readonly database: boolean;
  /** Whether it is the one that these backups are of; a machine that was made anew is another one. */
  readonly same: boolean;
  readonly freeMb: number;
  /** The rights and owners of what nobody else may read, a line each. */
  readonly modes: readonly string[];
}

export const backupStateOf = (text: string | undefined): BackupState | undefined => {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as BackupState);
  } catch {
    return undefined;
  }
};

/** Why nothing can be restored from these backups, or not up to this moment; undefined where it can. */
export const unusable = ({ base, gap, stream, same }: BackupState): string | undefined => {
  if (base === undefined) return 'there is no base backup yet: what was dropped would be gone for good';
  if (base.problem !== '') return `the last base backup can't be used: ${base.problem}`;
  if (gap !== '') return `the binary logs have a gap: ${gap}`;
  // Of a database that was lost nothing more comes; after a restart of one the stream begins again by itself.
  return same && !['active', 'activating'].includes(stream) ? `the stream of binary logs is ${stream}` : undefined;
};

/** How old something is, as people say it. */
export const ageWords = (seconds: number): string => {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 345_600 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
};

/** How the backups are, in a line for people. */
export const backupWords = (machine: string, state: BackupState | undefined): string => {
  if (state === undefined) return `${machine} does not say how the backups are.`;
  const base =
    state.base === undefined
      ? 'there is no base backup yet'
      : `the last base backup is ${ageWords(state.base.ageS)} old${state.base.problem === '' ? '' : ` (${state.base.problem})`}`;
  const to = state.last === undefined ? 'nothing' : `${state.last.log}, ${state.last.bytes} bytes of it`;
  const stream =
    state.stream === 'active' ? `binary logs are here up to ${to}` : `the stream of binary logs is ${state.stream}`;
  return `Backups on ${machine}: ${base}; ${stream}${state.gap === '' ? '' : `; ${state.gap}`}.`;
};
