import test from 'ava';
import { readTemplates } from '../../src/host/templates.js';
import { labSchema } from '../../src/model/lab.js';
import { planOf } from '../../src/plan/plan.js';
import { renderLab } from '../../src/render/render.js';

const templates = await readTemplates('templates');
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
  for (const machine of ['lb1', 'lb2']) t.regex(keepalived(machine), /state BACKUP[\s\S]*^ {4}nopreempt$/m);
  const preempting = keepalived('lb1', { vrrp: { preempt: true, preemptDelayS: 7 } });
  t.regex(preempting, /preempt_delay 7$/m);
  t.notRegex(preempting, /nopreempt/);
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
  t.regex(text, /verifyhost www\.scale-up\.test/);
  t.regex(text, /^ {4}server web 192\.168\.56\.21:8443$/m);
});

test('the redirect names the port of the site where it is not the usual one', (t) => {
  t.regex(haproxy(), /location https:\/\/%\[req\.hdr\(host\),field\(1,:\)\]%\[capture/);
  t.regex(haproxy({ ports: { https: 8444 } }), /field\(1,:\)\]:8444%\[capture/);
});

test('its statistics are for the vantage alone, and its pulse for the machine itself', (t) => {
  t.regex(haproxy(), /bind 192\.168\.56\.11:8404\n[\s\S]*deny unless \{ src 192\.168\.56\.1 \}/);
  t.regex(haproxy(), /bind 127\.0\.0\.1:8404/);
});
