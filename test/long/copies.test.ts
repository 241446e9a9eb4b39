import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { lacking, needs } from '../rig/needs.js';
import { must, ok, quintet } from '../rig/quintet.js';
import { temporaryRoom } from '../rig/temporary.js';
import { hear } from '../rig/wire.js';
import { within } from '../rig/within.js';

/** Somebody sits on the wire between the nodes of a database cluster while one of them gets a copy of everything. */

const room = await temporaryRoom();
const lab = join(room, 'copies');
const programs = ['root', 'systemd-nspawn', 'mmdebstrap', 'ip'];
const real = needs(...programs).serial;

const bash = async (t: ExecutionContext, machine: string, script: string): Promise<string> =>
  ok(t, await quintet(lab, 'exec', machine, '--', 'bash', '-euo', 'pipefail', '-c', script)).trim();

test.before(async () => {
  if (lacking(programs).length > 0) return;
  await must(room, 'init', lab, '--lab', 'no-single-point', '--yes', '--set', 'provider=container');
  await must(lab, 'up');
});

test.after.always(async () => {
  await quintet(lab, 'destroy', '--yes');
  await rm(room, { recursive: true, force: true });
});

real('a node without data gets a copy of everything, and whoever hears it pass learns nothing', async (t) => {
  const secret = 'what nobody on the wire may read';
  const written = `INSERT INTO quintet.entries (id, text) VALUES ('copied-1', '${secret}')`;
  await bash(t, 'data1', `mariadb --execute="${written}"`);
  await bash(t, 'data3', `${hear(4444)}systemctl stop mariadb; find /var/lib/mysql -mindepth 1 -delete`);
  ok(t, await quintet(lab, 'up'));
  t.regex(await bash(t, 'data3', 'mariadb --execute="SELECT text FROM quintet.entries"'), new RegExp(secret));
  const heard = await bash(
    t,
    'data3',
    `systemctl stop hear
     stat --format=%s /run/heard
     for plain in '${secret}' @RSYNCD; do grep --count --binary-files=text -e "$plain" /run/heard || true; done
     head --bytes=2 /run/heard | od -An -tx1`,
  );
  const [bytes, texts, greetings, begins] = heard.split('\n');
  t.true(Number(bytes) > 20_000_000, `a copy of ${bytes} bytes`);
  // It begins with a TLS handshake (RFC 8446 section 5.1); rsync by itself would greet in plain text.
  t.deepEqual([texts, greetings, begins?.trim()], ['0', '0', '16 03']);
});

/** Writes /run/copy: what the server calls to take or to give a copy, with another folder in place of its data. */
const transfer = (role: 'joiner' | 'donor', address: string): string =>
  `install -d -o mysql -g mysql /run/mysqld/copy
cat >/run/copy <<'END'
#!/bin/bash
wsrep_sst_rsync --role ${role} --address ${address} --datadir /run/mysqld/copy/ --parent $$ \\
  --gtid 11111111-1111-1111-1111-111111111111:4711 --gtid-domain-id 0 ${role === 'donor' ? '--bypass' : ''}
END
chmod 0755 /run/copy
`;

const asMysql = 'setpriv --reuid=mysql --regid=mysql --init-groups';

/** Makes somebody's own certificate, which says that it is the node's. */
const forge = (node: string): string => `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 \
  -subj /CN=${node} -keyout /run/forged.key -out /run/forged.crt 2>/dev/null
chown mysql /run/forged.key
`;
const forged = '-key /run/forged.key -cert /run/forged.crt';
const own = '-key /etc/mysql/lab-server-key.pem -cert /etc/mysql/lab-server-cert.pem';

const addressOf = (t: ExecutionContext, node: string): Promise<string> =>
  bash(t, node, "mariadb --batch --skip-column-names --execute='SELECT @@wsrep_node_address'");

real('who has no certificate of the lab gives nobody a copy', async (t) => {
  const taker = `${await addressOf(t, 'data3')}:4444`;
  t.teardown(async () => {
    await quintet(lab, 'exec', 'data3', '--', 'sh', '-c', 'systemctl stop take; rm -rf /run/mysqld/copy');
  });
  await bash(
    t,
    'data3',
    `${transfer('joiner', taker)}systemd-run --quiet --collect --unit=take ${asMysql} /run/copy
     until ss --no-header --listening --tcp --numeric 'sport = :4444' | grep -q .; do sleep 0.1; done`,
  );
  const hello = "printf '@RSYNCD: 31.0\\n#list\\n'; sleep 1";
  const asked = (certificate: string) =>
    bash(
      t,
      'data2',
      `{ ${hello}; } | timeout 10 openssl s_client -quiet -connect ${taker} ${certificate} 2>&1 || true`,
    );
  await bash(t, 'data2', forge('data2'));
  t.regex(await asked(''), /certificate required/);
  t.regex(await asked(forged), /unknown ca/i);
  t.notRegex(await bash(t, 'data2', `timeout 10 rsync rsync://${taker}/ 2>&1 || true`), /rsync_sst/);
  t.regex(await asked(own), /rsync_sst/);
});

real('who has no certificate of the lab gets no copy from anybody', async (t) => {
  const address = await addressOf(t, 'data3');
  await bash(t, 'data3', forge('data3'));
  await bash(t, 'data2', transfer('donor', `${address}:4444/rsync_sst`));
  /** What the giver says, and what came to whoever pretends to be in want of a copy; over when the giver ends, or something came. */
  const given = async (certificate: string): Promise<string> => {
    const pretends = `openssl s_server -quiet -accept ${address}:4444 ${certificate} -verify 1`;
    await bash(
      t,
      'data3',
      `rm -f /run/taken
       systemd-run --quiet --collect --unit=pretend sh -c "{ echo '@RSYNCD: 31.0'; sleep 120; } | ${pretends} >/run/taken 2>&1"
       until ss --no-header --listening --tcp --numeric 'sport = :4444' | grep -q .; do sleep 0.1; done`,
    );
    let ended = false;
    const giving = bash(t, 'data2', `timeout 90 ${asMysql} /run/copy 2>&1 || true`).finally(() => {
      ended = true;
    });
    const hasCome = () => bash(t, 'data3', "grep --count --binary-files=text '@RSYNCD' /run/taken || true");
    await within(90_000, async () => ended || Number(await hasCome()) > 0, 300);
    const taken = await bash(t, 'data3', 'cat /run/taken; systemctl stop pretend');
    return `${await giving}\n${taken}`;
  };
  const refused = await given(forged);
  t.regex(refused, /CERT: |verify failed|unknown ca/i);
  t.notRegex(refused, /rsync_sst\n|@RSYNCD/);
  t.regex(await given(own), /@RSYNCD/);
});
