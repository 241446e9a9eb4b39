import test from 'ava';
import { detectionWords, preferredProvider } from '../../src/cli/detect-provider.js';

test('VirtualBox is chosen with Vagrant or where containers cannot be; else containers', (t) => {
  const chosen = (platform: NodeJS.Platform, virtualbox: boolean, vagrant: boolean) =>
    preferredProvider({ platform, virtualbox, vagrant });
  t.is(chosen('linux', true, true), 'virtualbox');
  t.is(chosen('linux', true, false), 'container');
  t.is(chosen('linux', false, true), 'container');
  t.is(chosen('darwin', false, false), 'virtualbox');
  t.regex(
    detectionWords({ platform: 'win32', virtualbox: false, vagrant: true }),
    /VirtualBox must still be installed/,
  );
});
