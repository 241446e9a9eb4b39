import test from 'ava';
import { planOf } from '../../src/plan/plan.js';
import { renderLab } from '../../src/render/render.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { templates } from '../rig/templates.js';

const fileOf = (machine: string, path: string, change: Record<string, unknown> = {}): string =>
  renderLab(planOf(labSchema.parse(change)), templates).get(`machines/${machine}/${path}`) ?? '';
const keepalived = (machine: string, change?: Record<string, unknown>) =>
  fileOf(machine, 'etc/keepalived/keepalived.conf', change);
const haproxy = (change?: Record<string, unknown>) => fileOf('lb1', 'etc/haproxy/haproxy.cfg', change);

test('VRRP is version 3, unicast to the others alone, with the plan’s timers', (t) => {
  const three = { machines: { ...labSchema.parse({}).machines, lb3: { roles: ['load-balancer'] } } };
  const text = keepalived('lb2', { ...three, vrrp: { timing: 'fast', routerId: 77 } });
  t.regex(text, /vrrp_version 3/);
  t.regex(text, /advert_int 0\.1$/m);
  t.regex(text, /virtual_router_id 77$/m);
  t.regex(text, /priority 253$/m);
  t.regex(text, /unicast_src_ip 192\.168\.56\.12$/m);
  t.deepEqual(text.split('unicast_peer {')[1]?.split('}')[0]?.trim().split(/\s+/), ['192.168.56.11', '192.168.56.13']);
  t.notRegex(text, /vrrp_strict|authentication/);
});

test('every load balancer starts as backup, and takes the address back only where the lab says so', (t) => {
  const start = (machine: string, change?: Record<string, unknown>) =>
    fileOf(machine, 'etc/keepalived/start-usual.conf', change);
  for (const machine of ['lb1', 'lb2']) t.regex(start(machine), /^state BACKUP\nnopreempt\ntrack_script \{/m);
  const preempting = start('lb1', { vrrp: { preempt: true, preemptDelayS: 7 } });
  t.regex(preempting, /^preempt_delay 7$/m);
  t.notRegex(preempting, /nopreempt/);
});

test('how keepalived starts is a file that its last end has chosen', (t) => {
  t.regex(keepalived('lb1'), /priority 254[\s\S]*include \/run\/quintet\/vrrp-start\.conf\n\}/);
  t.regex(fileOf('lb1', 'etc/keepalived/start-resume.conf'), /^state MASTER\npriority 255$/m);
  t.regex(
    fileOf('lb1', 'etc/tmpfiles.d/quintet-load-balancer.conf'),
    /vrrp-start\.conf .* include \S+start-usual\.conf$/m,
  );
});

test('connections that nobody here knows go back to whoever let go of the address last, and to nobody else', (t) => {
  const three = { machines: { ...labSchema.parse({}).machines, 'lb-3': { roles: ['load-balancer'] } } };
  const table = fileOf('lb1', 'etc/quintet/hand-over.nft', { ...three, vrrp: { timing: 'fast' } });
  t.regex(
    table,
    /saddr 192\.168\.56\.12 .* @th,16,8 0 update @before_lb2 \{ iif \} delete @before_lb_3 \{ iif \} accept$/m,
  );
  t.regex(table, /saddr 192\.168\.56\.12 .* update @before_lb2 \{ iif timeout 200ms \} accept$/m);
  t.regex(table, /iif @before_lb_3 ip dscp set cs7 dup to 192\.168\.56\.13 drop$/m);
  t.is(table.match(/socket transparent 0 accept/g)?.length, 1);
});

test('a load balancer that is alone has nobody to hand over to', (t) => {
  const { lb2, ...alone } = labSchema.parse({}).machines;
  t.truthy(lb2);
  t.notRegex(fileOf('lb1', 'etc/quintet/hand-over.nft', { machines: alone }), /dup to|before_/);
});

test('the address is served on every load balancer, and asked for on one', (t) => {
  t.regex(
    fileOf('lb2', 'etc/systemd/system/haproxy.service.d/quintet.conf'),
    /^ExecStartPre=\+\S+ ip route replace local 192\.168\.56\.10 dev lo$/m,
  );
  t.regex(fileOf('lb2', 'etc/sysctl.d/60-quintet-load-balancer.conf'), /arp_ignore = 1\n.*arp_announce = 2/);
});

test('an interval that only a newer keepalived knows goes to that one alone', (t) => {
  t.regex(keepalived('lb1', { system: 'debian-13' }), /interval 0\.3$/m);
  t.regex(keepalived('lb1', { system: 'ubuntu-24.04' }), /interval 1$/m);
});

test('the balancer checks every web server through TLS with the PROXY header, and by name', (t) => {
  const text = haproxy();
  for (const words of [
    'check-ssl',
    'check-send-proxy',
    'send-proxy-v2',
    'verify required',
    'on-marked-down shutdown-sessions',
  ])
    t.true(text.includes(words), words);
  t.regex(text, /verifyhost www\.lab\.test/);
  t.regex(text, /^ {4}server web 192\.168\.56\.21:8443$/m);
});

test('the redirect names the port of the site where it is not the usual one', (t) => {
  t.regex(haproxy(), /location https:\/\/%\[var\(txn\.name\)\]%\[capture/);
  t.regex(haproxy({ ports: { https: 8444 } }), /\[var\(txn\.name\)\]:8444%\[capture/);
});

test('its statistics are for the vantage alone, and its pulse for the machine itself', (t) => {
  t.regex(haproxy(), /bind 192\.168\.56\.11:8404\n[\s\S]*deny unless \{ src 192\.168\.56\.1 \}/);
  t.regex(haproxy(), /bind 127\.0\.0\.1:8404/);
});
