import test from 'ava';
import { architectureName, powershellQuestion, windowsProcessor } from '../../src/cli/doctor/processor-facts.js';

test('Windows tells whether its hypervisor runs without an administrator, and in no language', (t) => {
  t.is(powershellQuestion[0], 'powershell.exe');
  t.true(powershellQuestion.includes('-NoProfile'));
  t.regex(powershellQuestion.at(-1) ?? '', /HypervisorPresent.*VirtualizationFirmwareEnabled/);
});

const env = { PROCESSOR_ARCHITECTURE: 'AMD64' };

test('under a hypervisor Windows does not know what the firmware says', (t) => {
  t.deepEqual(windowsProcessor('True\r\nFalse\r\n', env), { architecture: 'amd64', hyperV: true });
});

test('without one it does', (t) => {
  t.deepEqual(windowsProcessor('False\r\nFalse\r\n', env), {
    architecture: 'amd64',
    hyperV: false,
    virtualization: false,
  });
  t.deepEqual(windowsProcessor('False\r\nTrue\r\n', env), {
    architecture: 'amd64',
    hyperV: false,
    virtualization: true,
  });
});

test('a Windows that does not answer is not taken for one without', (t) => {
  t.deepEqual(windowsProcessor('', { PROCESSOR_ARCHITECTURE: 'ARM64' }), { architecture: 'arm64' });
});

test('architectures are called as Vagrant calls them', (t) => {
  t.is(architectureName('x64'), 'amd64');
  t.is(architectureName('arm64'), 'arm64');
});
