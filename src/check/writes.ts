import type { History, ReadBackEvent, WriteEvent } from '../model/history.js';
import type { ScheduledScenario } from '../model/scenario.js';
import type { Measure } from '../model/verdict.js';
import { fail, figures, type Judgement, pass, unknown } from './judgement.js';
import { counted, firstFew } from './words.js';

interface Account {
  /** Acknowledged, and not there at the end. */
  readonly lost: readonly string[];
  /** Nobody knew, and there. */
  readonly recovered: readonly string[];
  /** Refused, and there all the same. */
  readonly unexpected: readonly string[];
  /** There more than once. */
  readonly duplicated: readonly string[];
  /** Acknowledged, and a machine of the database cluster lacks it: by its name. */
  readonly lacking: readonly (readonly [machine: string, ids: readonly string[]])[];
}

const repeated = (ids: readonly string[]): string[] => {
  const seen = new Set<string>();
  const again = ids.filter((id) => seen.has(id) || !seen.add(id));
  return [...new Set(again)];
};

const accountOf = (writes: readonly WriteEvent[], { ids: readBack, nodes = [] }: ReadBackEvent): Account => {
  const found = new Set(readBack);
  const ids = (result: WriteEvent['result']) => [
    ...new Set(writes.filter((write) => write.result === result).map((write) => write.id)),
  ];
  const acknowledged = new Set(ids('acknowledged'));
  return {
    lost: [...acknowledged].filter((id) => !found.has(id)),
    recovered: ids('unknown').filter((id) => found.has(id)),
    unexpected: ids('failed').filter((id) => found.has(id)),
    duplicated: repeated(readBack),
    lacking: nodes
      .filter(({ problem }) => problem === undefined)
      .map(({ machine, ids: own }) => [machine, [...acknowledged].filter((id) => !own.includes(id))] as const)
      .filter(([, lost]) => lost.length > 0),
  };
};

const measuresOf = (writes: readonly WriteEvent[], account: Account | undefined): Measure[] => {
  const count = (result: WriteEvent['result']) => writes.filter((write) => write.result === result).length;
  const counts = {
    'writes acknowledged': count('acknowledged'),
    'writes failed': count('failed'),
    'writes unknown': count('unknown'),
    ...(account && { 'writes recovered': account.recovered.length, 'writes lost': account.lost.length }),
  };
  return Object.entries(counts).map(([name, value]) => ({ name, value, unit: 'count' }));
};

const verdictOn = ({ lost, unexpected, duplicated, lacking }: Account, acknowledged: number): Judgement => {
  const wrong: [readonly string[], string, string][] = [
    ...lacking.map(([machine, ids]): [readonly string[], string, string] => [
      ids,
      `lost on ${machine}`,
      `${counted(ids.length, 'acknowledged write')} lost on ${machine}`,
    ]),
    [lost, 'lost', `${counted(lost.length, 'acknowledged write')} lost of ${acknowledged}`],
    [unexpected, 'refused but there', `${counted(unexpected.length, 'write')} refused and there all the same`],
    [duplicated, 'there twice', `${counted(duplicated.length, 'write')} there more than once`],
  ];
  const found = wrong.filter(([ids]) => ids.length > 0);
  if (found.length === 0) return pass(`${counted(acknowledged, 'acknowledged write')} kept`);
  return fail(
    found.map(([, , words]) => words).join('; '),
    found.map(([ids, name]) => `${name}: ${firstFew(ids)}`),
  );
};

/** Judges what became of the writes: what was acknowledged must be there at the end, once, and what was refused must not. */
export const judgeWrites = (
  history: History,
  expected: ScheduledScenario['expect']['writes'],
): Judgement | undefined => {
  if (expected === 'none') return figures([], ['writes: not asked, the application writes nothing']);
  const writes = history.filter((event) => event.type === 'write');
  const readBack = history.findLast((event): event is ReadBackEvent => event.type === 'read-back');
  if (writes.length === 0) return undefined;
  const readable = readBack !== undefined && readBack.problem === undefined;
  const account = readable ? accountOf(writes, readBack) : undefined;
  const measures = measuresOf(writes, account);
  const acknowledged = writes.filter((write) => write.result === 'acknowledged').length;
  if (expected === 'any') return figures(measures);
  const verdict = account && verdictOn(account, acknowledged);
  const silent = readBack?.nodes?.find(({ problem }) => problem !== undefined);
  if (verdict?.outcome === 'pass' && silent !== undefined && acknowledged > 0) {
    return { ...unknown(`whether ${silent.machine} has every write is not known: ${silent.problem}`), measures };
  }
  if (verdict !== undefined) return { ...verdict, measures };
  if (acknowledged === 0) return { ...pass('no write was acknowledged'), measures };
  const why = readBack?.problem ?? 'the entries were never read back';
  return { ...unknown(`whether writes were lost is not known: ${why}`), measures };
};
