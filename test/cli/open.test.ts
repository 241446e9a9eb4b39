import test from 'ava';
import { curlCommand } from '../../src/cli/verbs/open.js';

test("the command that gets the site is one that this system's own curl takes", (t) => {
  const command = (platform: NodeJS.Platform) =>
    curlCommand('my-lab/.quintet/ca/ca.crt', 'https://192.168.56.10/', platform);
  t.is(command('darwin'), 'curl --cacert my-lab/.quintet/ca/ca.crt https://192.168.56.10/');
  t.is(command('win32'), 'curl.exe --ssl-no-revoke --cacert my-lab/.quintet/ca/ca.crt https://192.168.56.10/');
});
