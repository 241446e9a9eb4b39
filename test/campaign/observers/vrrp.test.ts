import test from 'ava';
import { vrrpAfter } from '../../../src/campaign/observers/vrrp.js';

const at = 'journal 1795384087.976540 1795384087.851270 lb1';
const agoMs = 125.27;

const words = [
  [`${at} Keepalived_vrrp[340]: (site) Entering BACKUP STATE`, 'backup'],
  [`${at} Keepalived_vrrp[340]: (site) Entering MASTER STATE`, 'master'],
  [`${at} Keepalived_vrrp[340]: (site) Entering FAULT STATE`, 'fault'],
  [`${at} systemd[1]: keepalived.service: Main process exited, code=killed, status=9/KILL`, 'stopped'],
  [`${at} systemd[1]: keepalived.service: Failed with result 'signal'.`, 'stopped'],
  [`${at} systemd[1]: keepalived.service: Deactivated successfully.`, 'stopped'],
  [`${at} systemd[1]: Stopping keepalived.service - Keepalive Daemon (LVS and VRRP)...`, 'stopped'],
  [`${at} systemd[1]: Stopped keepalived.service - Keepalive Daemon (LVS and VRRP).`, 'stopped'],
] as const;

for (const [line, state] of words) {
  test(`keepalived is ${state} after: ${line.slice(at.length + 1)}`, (t) =>
    t.deepEqual(vrrpAfter(line), { state, agoMs }));
}

const others = [
  `${at} systemd[1]: Starting keepalived.service - Keepalive Daemon (LVS and VRRP)...`,
  `${at} systemd[1]: Started keepalived.service - Keepalive Daemon (LVS and VRRP).`,
  `${at} systemd[1]: keepalived.service: Scheduled restart job, restart counter is at 1.`,
  `${at} Keepalived_vrrp[340]: VRRP_Script(haproxy_alive) succeeded`,
  `${at} Keepalived_vrrp[340]: (site) Receive advertisement timeout`,
  `${at} Keepalived[339]: Main process exited`,
  'unit active',
  'tick',
  'holds',
  '',
];

for (const line of others) {
  test(`of keepalived's state nothing is said by: ${line.replace(at, '…')}`, (t) => t.is(vrrpAfter(line), undefined));
}

test('a line that was written after it was passed on (the clock was set back) counts as written now', (t) => {
  t.deepEqual(vrrpAfter('journal 100.000000 160.000000 lb1 Keepalived_vrrp[1]: (site) Entering MASTER STATE'), {
    state: 'master',
    agoMs: 0,
  });
});
