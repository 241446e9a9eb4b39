import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cameOut, found } from '../rig/findings.js';
import { inMatrix, matrix } from '../rig/matrix.js';
import { needs } from '../rig/needs.js';
import { ok, quintet } from '../rig/quintet.js';
import { notHere } from '../rig/scenarios.js';
import { sharedLab } from '../rig/shared-lab.js';

/** Every shipped scenario on a lab that has nothing wrong with it. */

const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip');
const lab = sharedLab();

/** Beside those of the first look, which the main job has played, these have a like one that is played, or are played on Vagrant. */
const alike = [
  'app-power-cut',
  'cable-cut',
  'cable-one-way',
  'database-killed',
  'keepalived-stopped',
  'standby-power-cut',
  'web-killed',
  'web-power-cut',
];

interface Listed {
  readonly id: string;
  readonly firstLook: boolean;
}

real('a correct lab passes every check and every scenario that can be played here', async (t) => {
  const listed: Listed[] = JSON.parse(ok(t, await quintet(lab, 'verify', '--list', '--format', 'json')));
  t.true(listed.length >= 24);
  const elsewhere = ({ id, firstLook }: Listed): boolean => firstLook || alike.includes(id);
  const played = matrix(
    listed.filter((each) => !elsewhere(each)),
    listed.filter(elsewhere),
  ).map(({ id }) => id);
  const findings = await found((...line) => quintet(lab, ...line), ...played);
  for (const one of findings) cameOut(t, one, notHere.includes(one.id) ? 'skipped' : 'pass');
  const scenarios = findings.filter(({ kind }) => kind === 'scenario');
  t.deepEqual(scenarios.map(({ id }) => id).sort(), [...played].sort());
  for (const { id, outcome, measures = [] } of scenarios) t.true(outcome !== 'pass' || measures.length > 0, id);
});

inMatrix(real)('faults by chance are told again by their history, and played again from it', async (t) => {
  const ran = await quintet(lab, 'verify', '--random', '--for', '8s', '--seed', '7', '--format', 'json');
  const report = JSON.parse(ok(t, ran));
  t.is(report.seed, '7');
  t.regex(report.command, /--random --seed 7/);
  const told = JSON.parse(ok(t, await quintet(lab, 'report', '--format', 'json')));
  t.deepEqual(told, report);
  const folder = (await readdir(join(lab, 'reports'))).sort().at(-1) ?? '';
  const idsOf = ({ findings }: { findings: { kind: string; id: string }[] }) =>
    findings.filter(({ kind }) => kind === 'scenario').map(({ id }) => id);
  t.true(idsOf(report).length > 0);
  const replayed = JSON.parse(ok(t, await quintet(lab, 'verify', '--replay', folder, '--format', 'json')));
  t.deepEqual(idsOf(replayed), idsOf(report));
});
