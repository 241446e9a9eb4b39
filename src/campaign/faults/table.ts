import { MachineError } from '../../model/errors.js';
import type { Mistake } from '../../model/history.js';
import { unusable } from '../../roles/backup-state.js';
import { askBackups, catchUpS, caughtUp, mistakesIn, restore } from '../restore.js';
import type { FaultGround, FaultRow, OpenFault } from './fault-row.js';
import { must, undoLasting } from './in-machine.js';

/** As the root of the database, who may do everything and is asked nothing. */
const sql = (ground: FaultGround, open: OpenFault, statement: string): Promise<string> =>
  must(ground, open, ['mysql', '--batch', '--skip-column-names', `--execute=${statement}`]);

/** Schema and table come from a plan whose rules let nothing but plain names in. */
const place = ({ plan }: FaultGround): { readonly schema: string; readonly table: string } => {
  const { table } = plan.rights;
  if (table === undefined) throw new Error('the plan names no table');
  return { schema: plan.database.schema, table };
};

const isThere = async (ground: FaultGround, open: OpenFault): Promise<boolean> => {
  const { schema, table } = place(ground);
  const question = `SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = '${schema}' AND table_name = '${table}'`;
  return (await sql(ground, open, question)).trim() === '1';
};

const isDropOf = ({ schema, table }: ReturnType<typeof place>, { statement }: Mistake): boolean =>
  statement.startsWith('DROP TABLE') && statement.replaceAll('`', '').includes(`${schema}.${table}`);

/**
 * The mistake that no redundancy helps against: every copy makes it too. It is undone as an administrator would: the statement is
 * looked for in the binary logs, and everything but that is restored from the backups.
 */
export const tableDropped: FaultRow = {
  impossible: async (ground, open) => {
    const { plan } = ground;
    if (!plan.machines.some(({ roles }) => roles.includes('backup')))
      return 'the lab has no backup server: what was dropped would be gone for good';
    if (plan.rights.table === undefined) return 'which table it would be is known of the sample application alone';
    if (!plan.machines.some(({ name, roles }) => name === open.machine && roles.includes('database')))
      return `${open.machine} is no database server`;
    return unusable(await askBackups(ground));
  },
  make: async (ground, open) => {
    const { schema, table } = place(ground);
    if (await isThere(ground, open)) await sql(ground, open, `DROP TABLE ${schema}.${table}`);
    return undefined;
  },
  undo: (ground, open, tell) =>
    undoLasting(ground, open, async () => {
      if (await isThere(ground, open)) return;
      const here = place(ground);
      await caughtUp(ground, catchUpS);
      const without = (await mistakesIn(ground)).findLast((each) => isDropOf(here, each));
      if (without === undefined) {
        throw new MachineError(open.machine, 'The binary logs do not say who dropped the table.');
      }
      const restored = await restore(ground, { without });
      tell?.({ restored });
    }),
};
