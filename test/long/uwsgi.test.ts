import { called, fails, found, passes } from '../rig/findings.js';
import { needs } from '../rig/needs.js';
import { ownLab } from '../rig/own-lab.js';
import { ok, quintet } from '../rig/quintet.js';

/** uWSGI in the place of Node.js; what it shares with Gunicorn is played in choices. */

const { room, lab } = await ownLab();
const real = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip');

real.serial(
  'the sample application on uWSGI passes every check, reloads without a loss, and says at once that it is starting',
  async (t) => {
    const choices = ['--set', 'provider=container', '--set', 'app.runtime=uwsgi', '--set', 'database.engine=mariadb'];
    ok(t, await quintet(room, 'init', 'lab', '--yes', ...choices));
    ok(t, await quintet(lab, 'up'));
    const findings = await found(
      (...line) => quintet(lab, ...line),
      'app-reload',
      'app-killed',
      '--retry-timeout',
      '15s',
    );
    passes(t, findings);
    const { runtime } = JSON.parse(
      ok(t, await quintet(lab, 'exec', 'app', '--', 'curl', '-s', 'http://192.168.56.31:3000/api/whoami')),
    );
    t.regex(runtime, /^uWSGI, Python 3/);
  },
);

real.serial('a reload that replaces all workers at once is found out', async (t) => {
  const unit = '[Service]\nExecReload=\nExecReload=/bin/sh -c "echo r >/run/quintet-app/master-fifo"\n';
  const write = 'printf "%s" "$1" >/etc/systemd/system/quintet-app.service.d/zz-broken.conf && systemctl daemon-reload';
  ok(t, await quintet(lab, 'exec', 'app', '--', 'bash', '-c', write, 'write', unit));
  const findings = await found((...line) => quintet(lab, ...line), 'app-reload');
  fails(t, called(findings, 'app-reload'), /[1-9]\d* requests failed/);
});
