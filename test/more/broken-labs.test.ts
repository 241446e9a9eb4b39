import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Finding } from '../../src/model/verdict.js';
import { called, fails, findingText, found } from '../rig/findings.js';
import { inMatrix, matrix } from '../rig/matrix.js';
import { needs } from '../rig/needs.js';
import { quintet, words } from '../rig/quintet.js';
import { sharedLab } from '../rig/shared-lab.js';

/**
 * A verdict is worth something only if it can be "fail": for every check and every scenario that ships there is a lab
 * here that was broken on purpose and must come out as failed, for the right reason.
 */

const lab = sharedLab();
const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip');
/** Each of the others stands for one of these. */
const alike = inMatrix(real.serial);

const ok = async (...line: readonly string[]): Promise<string> => {
  const ran = await quintet(lab, ...line);
  if (ran.exitCode !== 0) throw new Error(words(ran));
  return ran.stdout;
};

const sh = (machine: string, script: string): Promise<string> => ok('exec', machine, '--', 'sh', '-euc', script);

const holder = async (): Promise<string> => {
  const { machines } = JSON.parse(await ok('status', '--format', 'json'));
  return machines.find(({ holdsVip }: { holdsVip: boolean }) => holdsVip)?.name;
};

const standby = async (): Promise<string> => ((await holder()) === 'lb1' ? 'lb2' : 'lb1');

/** What is broken is not waited for to become well by itself. */
const played = (...line: string[]): Promise<Finding[]> =>
  found((...each) => quintet(lab, ...each), '--retry-timeout', '1ms', ...line);

/** The named finding must have failed, and say so in these words. */
const failed = (t: ExecutionContext, findings: readonly Finding[], id: string, says: RegExp): void =>
  fails(t, called(findings, id), says);

const balancers = ['lb1', 'lb2'];
const onBoth = async (script: string): Promise<void> => {
  for (const machine of balancers) await sh(machine, script);
};

/** What the lab folder says is put back on these machines. */
const mended = async (...machines: readonly string[]): Promise<void> => void (await ok('provision', ...machines));

/** Some lines of keepalived's configuration replaced, and read again without a restart. */
const keepalived = (expression: string): string =>
  `cd /etc/keepalived && sed -i -E '${expression}' keepalived.conf start-usual.conf && systemctl reload keepalived && sleep 1`;

const nginx = (expression: string): string =>
  `sed -i -E '${expression}' /etc/nginx/nginx.conf && nginx -t -q && systemctl reload nginx && sleep 0.5`;

/** Prints a text of several lines. */
const printing = (text: string): string =>
  `printf '%s\\n' ${text
    .split('\n')
    .map((line) => `'${line}'`)
    .join(' ')}`;

const dropIn = (unit: string, text: string): string =>
  `mkdir -p /etc/systemd/system/${unit}.d && ${printing(text)} >/etc/systemd/system/${unit}.d/zz-broken.conf && systemctl daemon-reload`;

const withoutDropIn = (unit: string): string =>
  `rm -f /etc/systemd/system/${unit}.d/zz-broken.conf && systemctl daemon-reload`;

// --- Scenarios ----------------------------------------------------------------------------------------------------------

alike('keepalived missing on one load balancer: nobody takes over', async (t) => {
  const missing = await standby();
  t.teardown(async () => {
    await sh(missing, 'systemctl unmask keepalived');
    await mended(missing);
  });
  await sh(missing, 'systemctl mask --now keepalived');
  const findings = await played(
    'haproxy-killed',
    'keepalived-stopped',
    'power-cut',
    'cable-cut',
    'failback-without-preemption',
    'vrrp-partition',
    'machine-paused',
  );
  failed(t, findings, 'services', new RegExp(`keepalived.service on ${missing}`));
  failed(t, findings, 'haproxy-killed', /outage|never moved|did not move|stayed/);
  failed(t, findings, 'keepalived-stopped', /VIP had to move/);
  failed(t, findings, 'power-cut', /outage/);
  failed(t, findings, 'cable-cut', /outage/);
  failed(t, findings, 'failback-without-preemption', /outage/);
  failed(t, findings, 'vrrp-partition', /two|both|split/);
  failed(t, findings, 'machine-paused', /VIP had to leave/);
});

/** One more thing that keepalived asks every 0.3 s; when it fails twice running, this load balancer is in FAULT. */
const asking = (command: string): string => {
  const block = 'vrrp_script other {\nscript "/etc/keepalived/other.sh"\ninterval 0.3\ntimeout 2\nfall 2\nweight 0\n}';
  return [
    'cd /etc/keepalived',
    `${printing(`#!/bin/bash\n${command}`)} >other.sh && chmod 755 other.sh`,
    `${printing(block)} >other.conf`,
    `sed -i '1i include /etc/keepalived/other.conf' keepalived.conf`,
    `sed -i 's/script_user .*/script_user root/' keepalived.conf`,
    `sed -i 's/^ *haproxy_alive$/&\\n    other/' start-usual.conf`,
    'systemctl reload keepalived',
    'sleep 1',
  ].join(' && ');
};

alike('a standby whose own check never succeeds: maintenance takes the site down', async (t) => {
  t.teardown(() => mended(...balancers));
  await sh(await standby(), asking('false'));
  // A step that waits in vain takes its time.
  const scenarios = matrix(['planned-maintenance'], ['rolling-restart']);
  const findings = await played(...scenarios);
  failed(t, findings, 'standby', /FAULT, not BACKUP/);
  for (const id of scenarios) failed(t, findings, id, /VIP had to move|not exactly one load balancer held the VIP/);
});

real.serial('HAProxy not tracked by keepalived: a dead or hanging one keeps the VIP', async (t) => {
  t.teardown(async () => {
    await onBoth(withoutDropIn('haproxy.service'));
    await mended(...balancers);
  });
  await onBoth(keepalived('/^ *track_(file|script) \\{/,/^ *\\}/d'));
  await onBoth(dropIn('haproxy.service', '[Service]\nRestart=no'));
  const scenarios = matrix(['haproxy-hung'], ['haproxy-killed']);
  const findings = await played(...scenarios);
  // Visitors of a dead one may not even notice: the other load balancer is handed their connections. It is no failover all the same.
  for (const id of scenarios) failed(t, findings, id, id === 'haproxy-hung' ? /outage/ : /outage|VIP had to move/);
});

alike('nopreempt with a weighted script: the VIP never leaves a dead HAProxy', async (t) => {
  t.teardown(async () => {
    await onBoth(withoutDropIn('haproxy.service'));
    await mended(...balancers);
  });
  await onBoth(keepalived('s/^    weight 0/    weight -50/; /^ *track_file \\{/,/^ *\\}/d'));
  await onBoth(dropIn('haproxy.service', '[Service]\nRestart=no'));
  const findings = await played('haproxy-hung');
  failed(t, findings, 'haproxy-hung', /outage/);
});

alike('keepalived as Debian ships it: killed, it leaves the VIP on two machines', async (t) => {
  t.teardown(async () => {
    await onBoth('mv /root/drop-in /etc/systemd/system/keepalived.service.d && systemctl daemon-reload');
    await mended(...balancers);
  });
  await onBoth('mv /etc/systemd/system/keepalived.service.d /root/drop-in && systemctl daemon-reload');
  const findings = await played('keepalived-killed');
  failed(t, findings, 'keepalived-killed', /VIP from [\d,]+ ms: lb1 and lb2/);
});

alike('a reload that is a restart, and believes everything: requests and connections are lost', async (t) => {
  t.teardown(async () => {
    await onBoth(withoutDropIn('haproxy.service'));
    await mended(...balancers);
  });
  // What it does to a program that was asked to read its configuration again: ends it.
  const text = '[Service]\nExecReload=\nExecReload=/bin/kill -TERM $MAINPID\nRestartSec=100ms';
  await onBoth(dropIn('haproxy.service', text));
  const scenarios = ['haproxy-reload', 'haproxy-config-broken'];
  const findings = await played(...scenarios);
  for (const id of scenarios)
    failed(t, findings, id, id === 'haproxy-reload' ? /failed|broke/ : /accepted|took|failed/);
});

alike('a load balancer that must see the other to go on: the standby’s death is noticed', async (t) => {
  t.teardown(() => mended(...balancers));
  // Refused at once by a machine that is there, and not at all by one that is not.
  const sees = (other: string) => `timeout 0.5 bash -c "exec 3<>/dev/tcp/${other}/22"; [ $? -ne 124 ]`;
  await sh('lb1', asking(sees('lb2')));
  await sh('lb2', asking(sees('lb1')));
  const findings = await played('standby-power-cut', 'cable-one-way');
  failed(t, findings, 'standby-power-cut', /VIP had to stay/);
  failed(t, findings, 'cable-one-way', /VIP had to stay/);
});

alike('a check that gives up on a busy machine: the VIP leaves for want of time', async (t) => {
  t.teardown(() => mended(...balancers));
  // Nothing else in a machine of a lab runs in such a loop.
  await onBoth(asking('! pgrep -f "do :; done" >/dev/null'));
  failed(t, await played('cpu-pressure'), 'cpu-pressure', /VIP had to stay/);
});

alike('preemption that nobody asked for: the VIP wanders back', async (t) => {
  t.teardown(() => mended(...balancers));
  await onBoth(keepalived('s/^ *nopreempt$/preempt_delay 0/'));
  const findings = await played('failback-without-preemption');
  failed(t, findings, 'failback-without-preemption', /VIP had to move away/);
});

alike('preemption that was asked for and never happens', async (t) => {
  // The lab asks for it, and the machines were never told.
  const file = join(lab, 'lab.yaml');
  const text = await readFile(file, 'utf8');
  if ((await holder()) !== 'lb1') await sh('lb2', 'systemctl restart keepalived && sleep 1');
  try {
    await writeFile(file, text.replace(/^ *preempt: false$/m, '  preempt: true\n  preemptDelayS: 1'));
    const findings = await played('failback-with-preemption');
    failed(t, findings, 'failback-with-preemption', /back/);
  } finally {
    await writeFile(file, text);
  }
});

real.serial('a database that acknowledges what is on no disk: a power cut loses writes', async (t) => {
  t.teardown(async () => {
    await sh('db', 'mysql -e "ALTER TABLE quintet.entries ENGINE = InnoDB"');
    await mended('db');
  });
  // A log that is written now and then loses something now and then; a table in memory does so every time.
  await sh(
    'db',
    'mysql -e "ALTER TABLE quintet.entries ENGINE = MEMORY; SET GLOBAL innodb_flush_log_at_trx_commit = 0"',
  );
  const scenarios = matrix(['database-power-cut'], ['database-killed']);
  const findings = await played(...scenarios);
  for (const id of scenarios) failed(t, findings, id, /lost/);
  failed(t, findings, 'database-durability', /innodb_flush_log_at_trx_commit/);
});

alike('an application that answers from a copy which lags: fresh writes are not seen', async (t) => {
  const entries = '/opt/quintet/app/entries.js';
  t.teardown(() => mended('app'));
  await sh(
    'app',
    `sed -i 's/if (row === undefined) throw/if (row === undefined || Date.now() - row.created_at < 2000) throw/' ${entries} &&
    grep -q created_at.*2000 ${entries} && systemctl restart quintet-app && sleep 1`,
  );
  const findings = await played('haproxy-reload');
  failed(t, findings, 'haproxy-reload', /reads? began after the write was acknowledged and did not see it/);
});

alike('a web server without a clear error page: visitors are told nothing', async (t) => {
  t.teardown(async () => {
    await sh('app', withoutDropIn('quintet-app.service'));
    await mended('web', 'app');
  });
  await sh('web', nginx('/error_page 502 503 504/d'));
  // Long enough to be told something.
  await sh('app', dropIn('quintet-app.service', '[Service]\nRestartSec=2s'));
  const scenarios = matrix(['app-power-cut'], ['app-killed']);
  const findings = await played(...scenarios);
  for (const id of scenarios) failed(t, findings, id, /50[24]/);
});

alike('a web server that does not help itself, and does not start with its machine', async (t) => {
  t.teardown(async () => {
    await sh('web', withoutDropIn('nginx.service'));
    await mended('web');
  });
  await sh('web', dropIn('nginx.service', '[Service]\nRestart=no'));
  await sh('web', 'systemctl disable nginx');
  const findings = await played('web-killed', 'web-power-cut');
  failed(t, findings, 'web-killed', /outage/);
  failed(t, findings, 'web-power-cut', /still not answered/);
});

// --- Checks -------------------------------------------------------------------------------------------------------------

interface BrokenCheck {
  readonly id: string;
  readonly machine: string | (() => Promise<string>);
  readonly script: string;
  readonly says: RegExp;
  /** What both load balancers are told beside it. */
  readonly balancers?: string;
  /** Undoes what the provisioner does not. */
  readonly mend?: string;
}

const dial = '/run/quintet-dial';

/** What is broken together is independent of each other: each check has a mistake of its own to find. */
const brokenChecks: readonly (readonly BrokenCheck[])[] = [
  [
    {
      id: 'redirect',
      machine: holder,
      script: `sed -i '/http-request redirect/d' /etc/haproxy/haproxy.cfg && systemctl reload haproxy && sleep 0.5`,
      says: /400|redirect/,
    },
    {
      id: 'static',
      machine: 'web',
      script: 'mv /srv/quintet/www/index.html /srv/quintet/index.html',
      says: /status 40[34]/,
    },
    { id: 'dynamic', machine: 'app', script: 'systemctl stop quintet-app', says: /503|health/ },
  ],
  [
    {
      id: 'vip-holder',
      machine: standby,
      script: 'ip address add 192.168.56.10/32 dev host0',
      mend: 'ip address delete 192.168.56.10/32 dev host0 2>/dev/null || true',
      says: /split brain/,
    },
    {
      id: 'load-balancer-named',
      machine: 'web',
      script: nginx('/add_header X-Load-Balancer/d'),
      says: /X-Load-Balancer/,
    },
    {
      id: 'tls-versions',
      machine: 'web',
      script: nginx(
        's/ssl_protocols .*/ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers "ALL:@SECLEVEL=0";/; /^ *ssl_ciphers [A-Z]/d',
      ),
      says: /TLS(v)?1/,
    },
    { id: 'hsts', machine: 'web', script: nginx('/add_header Strict-Transport-Security/d'), says: /no such header/ },
    {
      id: 'connections',
      machine: 'db',
      script: 'nft insert rule inet quintet input tcp dport 3306 accept',
      mend: 'systemctl reload nftables',
      says: /3306/,
    },
    {
      id: 'database-rights',
      machine: 'db',
      script: `mysql -NBe "SELECT host FROM mysql.user WHERE user = 'app'" >${dial} && mysql -e "GRANT ALL ON *.* TO app@'$(cat ${dial})'"`,
      says: /ALL|DROP|rights|may/,
    },
    {
      id: 'database-tls',
      machine: 'db',
      script: `mysql -e 'SET GLOBAL require_secure_transport = OFF'; mysql -NBe "SELECT host FROM mysql.user WHERE user = 'app'" >${dial} && mysql -e "ALTER USER app@'$(cat ${dial})' REQUIRE NONE"`,
      mend: `mysql -e 'SET GLOBAL require_secure_transport = ON'`,
      says: /TLS/,
    },
    {
      id: 'database-durability',
      machine: 'db',
      script: `mysql -e 'SET GLOBAL sync_binlog = 0'`,
      mend: `mysql -e 'SET GLOBAL sync_binlog = 1'`,
      says: /sync_binlog/,
    },
  ],
  [
    {
      id: 'tls-chain',
      machine: 'web',
      // A certificate by nobody known; the load balancers, which insist on the lab's, are told to take any.
      balancers: `sed -i 's/verify required/verify none/' /etc/haproxy/haproxy.cfg && systemctl reload haproxy`,
      script: `cd /etc/nginx/tls && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
      -subj /CN=www.scale-up.test -addext subjectAltName=DNS:www.scale-up.test,DNS:scale-up.test \
      -keyout site.key -out site.crt 2>/dev/null && systemctl reload nginx`,
      says: /verif|authority|self|signed/i,
    },
  ],
];

for (const together of brokenChecks) {
  real.serial(`broken on purpose, and found: ${together.map(({ id }) => id).join(', ')}`, async (t) => {
    const touched = new Set<string>();
    const mends: (() => Promise<unknown>)[] = [];
    t.teardown(async () => {
      for (const mend of mends) await mend();
      await mended(...touched);
    });
    for (const { machine, script, balancers: alsoThere, mend } of together) {
      const name = typeof machine === 'string' ? machine : await machine();
      touched.add(name);
      if (mend !== undefined) mends.push(() => sh(name, mend));
      if (alsoThere !== undefined) {
        for (const balancer of balancers) touched.add(balancer);
        await onBoth(alsoThere);
      }
      await sh(name, script);
    }
    const findings = await played('--checks-only');
    for (const { id, says } of together) failed(t, findings, id, says);
  });
}

real.serial('every check and every scenario that can be played here is broken above', async (t) => {
  const source = await readFile(import.meta.filename, 'utf8');
  const whole = await found((...each) => quintet(lab, ...each), '--checks-only', '--retry-timeout', '10s');
  t.true(
    whole.every(({ outcome }) => outcome === 'pass'),
    whole.map(findingText).join('\n'),
  );
  const scenarios = JSON.parse(await ok('verify', '--list', '--format', 'json')) as {
    id: string;
    skipped?: string;
  }[];
  // These can't be played in a container.
  const exempt = ['clock-jump', 'database-disk-full'];
  const playable = scenarios.filter(({ skipped }) => skipped === undefined);
  for (const { id } of [...whole, ...playable]) {
    if (!exempt.includes(id)) t.true(source.includes(`'${id}'`), `${id} is never broken`);
  }
});
