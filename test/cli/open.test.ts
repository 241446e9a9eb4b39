import test from 'ava';
import { browserCommand, openBrowser } from '../../src/cli/browser.js';
import { curlCommand } from '../../src/cli/verbs/open.js';

test("the command that gets the site is one that this system's own curl takes", (t) => {
  const command = (platform: NodeJS.Platform) =>
    curlCommand('my-lab/.quintet/ca/ca.crt', 'https://192.168.56.10/', platform);
  t.is(command('darwin'), 'curl --cacert my-lab/.quintet/ca/ca.crt https://192.168.56.10/');
  t.is(command('win32'), 'curl.exe --ssl-no-revoke --cacert my-lab/.quintet/ca/ca.crt https://192.168.56.10/');
});

const url = 'https://localhost:8443/';
const linux = { platform: 'linux', uid: 1000 } as const;

test('a browser is opened where somebody sits before a screen', (t) => {
  t.deepEqual(browserCommand(url, { DISPLAY: ':0' }, linux), ['xdg-open', url]);
  t.deepEqual(browserCommand(url, { WAYLAND_DISPLAY: 'wayland-0' }, linux), ['xdg-open', url]);
  t.deepEqual(browserCommand(url, {}, { platform: 'darwin', uid: 501 }), ['open', url]);
  t.is(browserCommand(url, {}, { platform: 'win32', uid: undefined })?.at(-1), url);
});

test('no browser is opened without a screen, over SSH, or where nobody can be asked', (t) => {
  t.is(browserCommand(url, {}, linux), undefined);
  t.is(browserCommand(url, { DISPLAY: 'localhost:10.0' }, linux), undefined, 'as SSH passes it on');
  for (const name of ['SSH_CONNECTION', 'SSH_CLIENT', 'SSH_TTY']) {
    t.is(browserCommand(url, { DISPLAY: ':0', [name]: 'x' }, linux), undefined, name);
    t.is(browserCommand(url, { [name]: 'x' }, { platform: 'darwin', uid: 501 }), undefined, name);
  }
  t.false(openBrowser(url, { env: { DISPLAY: ':0' }, interactive: false }));
});

test('root opens no browser but that of the person behind sudo, in their session', (t) => {
  const root = { platform: 'linux', uid: 0 } as const;
  t.is(browserCommand(url, { DISPLAY: ':0' }, root), undefined);
  const argv = browserCommand(url, { DISPLAY: ':0', SUDO_USER: 'ann', SUDO_UID: '1000' }, root) ?? [];
  t.deepEqual(argv.slice(0, 4), ['runuser', '-u', 'ann', '--']);
  t.true(argv.includes('DISPLAY=:0'));
  t.true(argv.includes('XDG_RUNTIME_DIR=/run/user/1000'));
  t.deepEqual(argv.slice(-2), ['xdg-open', url]);
});
