import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import type { Finding } from '../../src/model/verdict.js';
import { called, cameOut, fails, findingText, found, passes } from '../rig/findings.js';
import { inMatrix } from '../rig/matrix.js';
import { needs } from '../rig/needs.js';
import { ownLab } from '../rig/own-lab.js';
import { must, quintet } from '../rig/quintet.js';

/** A lab that is watched: somebody is told of what breaks, in time and by its name, and of nothing else. */

const { room, lab } = await ownLab();
const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip');

const ok = (...line: readonly string[]): Promise<string> => must(lab, ...line);
const sh = (machine: string, script: string): Promise<string> => ok('exec', machine, '--', 'sh', '-euc', script);

const played = (...line: string[]): Promise<Finding[]> =>
  found((...each) => quintet(lab, ...each), '--retry-timeout', '15s', ...line);

test.before(async () => {
  if ((await quintet(room, 'init', 'lab', '--lab', 'monitored', '--yes')).exitCode !== 0) throw new Error('no lab');
});

real.serial('it comes up, whose programs take every file, and all of it is watched', async (t) => {
  await ok('up');
  const findings = await played('--checks-only');
  passes(t, findings);
  t.regex(called(findings, 'watched').detail, /11 parts/);
  await sh(
    'monitor',
    'promtool check config /etc/prometheus/prometheus.yml; amtool check-config /etc/prometheus/alertmanager.yml',
  );
});

inMatrix(real.serial)(
  'a power cut and a kill are told in time, by the machine and the service that were hit',
  async (t) => {
    const findings = await played('app-power-cut', 'web-killed');
    for (const [id, fires] of [
      ['app-power-cut', /MachineDown for app fires at/],
      ['web-killed', /ServiceRestarted for web \(nginx\.service\) fires at/],
    ] as const) {
      const one = called(findings, id);
      if (!cameOut(t, one, 'pass')) continue;
      const told = one.measures?.find(({ name }) => name === 'told after');
      t.true(told !== undefined && told.value > 0, findingText(one));
      t.regex(findingText(one), fires);
    }
  },
);

real.serial('the page of the lab is shown on this computer alone', async (t) => {
  const open = execa(process.execPath, [join('bin', 'quintet.js'), '-C', lab, 'open', 'monitoring', '--no-browser'], {
    reject: false,
  });
  t.teardown(() => open.kill('SIGINT'));
  const [url] = await new Promise<string[]>((resolve) =>
    open.stdout.on('data', (data) => resolve(String(data).split('\n'))),
  );
  t.regex(url ?? '', /^http:\/\/localhost:\d+\/consoles\/lab\.html$/);
  const page = await (await fetch(url ?? '')).text();
  for (const shown of [/What is wrong/, /monitor/, /Virtual IP <b>(?:lb1|web)/]) t.regex(page, shown);
  t.regex((await execa('ss', ['-Hltn', `sport = :${new URL(url ?? '').port}`])).stdout, /127\.0\.0\.1:/);
});

inMatrix(real.serial)(
  'what was so before the monitoring server lost its power is not told as how things are',
  async (t) => {
    const holder = async (): Promise<string> => {
      const { machines } = JSON.parse(await ok('status', '--format', 'json'));
      return machines.find(({ holdsVip }: { holdsVip: boolean }) => holdsVip)?.name;
    };
    const before = await holder();
    // What it wrote in its first half minute is not on its disk yet.
    await sh('monitor', 'sync');
    await ok('fault', 'monitor', 'power-cut');
    t.teardown(() => ok('heal'));
    await sh(before, 'systemctl restart keepalived');
    t.not(await holder(), before);
    await ok('heal');
    // Prometheus asks nobody in its first five seconds. Then longer than two holders must last to be told.
    const asked = `curl --silent 'http://192.168.56.51:9090/api/v1/targets?state=active' | grep --quiet '"health":"up"'`;
    await sh('monitor', `for i in $(seq 300); do if ${asked}; then exit 0; fi; sleep 0.1; done; exit 1`);
    await delay(5000);
    passes(t, await played('--checks-only'));
  },
);

const spoilt = async (t: ExecutionContext, file: string, expression: string): Promise<void> => {
  t.teardown(() => ok('provision', 'monitor'));
  const [unit, program, at] = file.startsWith('alertmanager')
    ? (['prometheus-alertmanager', 'alertmanager', '127.0.0.1:9093'] as const)
    : (['prometheus', 'prometheus', '192.168.56.51:9090'] as const);
  // A reload is a mere signal: it is done when the program says when it was.
  const taken = `curl --silent http://${at}/metrics | grep ^${program}_config_last_reload_success_timestamp_seconds`;
  const reload = `sed -i -E '${expression}' /etc/prometheus/${file}; before=$(${taken}); systemctl reload ${unit}`;
  await sh(
    'monitor',
    `${reload}; for i in $(seq 300); do [ "$(${taken})" = "$before" ] || exit 0; sleep 0.1; done; exit 1`,
  );
};

inMatrix(real.serial)('an Alertmanager that waits for company tells too late: the lab fails', async (t) => {
  await spoilt(t, 'alertmanager.yml', 's/group_wait: 0s/group_wait: 30s/');
  fails(t, called(await played('app-power-cut'), 'app-power-cut'), /MachineDown never fired for app/);
});

inMatrix(real.serial)('a rule that is missing: the lab fails', async (t) => {
  await spoilt(t, 'rules/lab.yml', 's/alert: MachineDown/alert: SomethingElse/');
  fails(t, called(await played('app-power-cut'), 'app-power-cut'), /MachineDown never fired for app/);
});

/** Prometheus is told nothing of the machine with the application. */
const unwatched = async (t: ExecutionContext): Promise<void> => {
  await spoilt(t, 'prometheus.yml', '/192\\.168\\.56\\.31:9100/,+1d');
  // Prometheus takes up to five seconds until it lets go of a target that its configuration no longer has.
  const watched = 'curl --silent http://192.168.56.51:9090/api/v1/targets | grep --quiet 192.168.56.31:9100';
  await sh('monitor', `for i in $(seq 300); do ${watched} || exit 0; sleep 0.1; done; exit 1`);
};

inMatrix(real.serial)('a machine that nobody watches: a check fails', async (t) => {
  await unwatched(t);
  fails(t, called(await played('--checks-only', '--retry-timeout', '1ms'), 'watched'), /nobody watches app:9100/);
});

inMatrix(real.serial)('a machine that nobody watches: its power cut is never told', async (t) => {
  await unwatched(t);
  fails(t, called(await played('app-power-cut'), 'app-power-cut'), /MachineDown never fired for app/);
});

inMatrix(real.serial)('an alert that fires while nothing is broken: a check fails', async (t) => {
  await spoilt(t, 'rules/lab.yml', 's/expr: up\\{job="machine"\\} == 0/expr: up{job="machine"} == 1/');
  const fires = 'curl --silent http://192.168.56.51:9090/api/v1/alerts | grep --quiet firing';
  await sh('monitor', `for i in $(seq 300); do if ${fires}; then exit 0; fi; sleep 0.1; done; exit 1`);
  fails(t, called(await played('--checks-only'), 'no-alert'), /MachineDown fires for/);
});
