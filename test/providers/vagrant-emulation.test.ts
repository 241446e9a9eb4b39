import test from 'ava';
import type { LabEvent } from '../../src/model/events.js';
import { mustEmulate } from '../../src/providers/vagrant/emulation.js';
import { firstAlone } from '../../src/providers/vagrant/first-alone.js';

const x86 = (flags: string) => `processor\t: 0\nvendor_id\t: AuthenticAMD\nflags\t\t: fpu de pse ${flags} sse sse2\n`;
const arm = 'processor\t: 0\nBogoMIPS\t: 108.00\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\n';

const computers: readonly (readonly [title: string, cpuinfo: string, hasKvm: boolean, emulates: boolean])[] = [
  ['AMD with SVM', x86('svm'), true, false],
  ['Intel with VT-x', x86('vmx'), true, false],
  ['x86 whose KVM is not loaded', x86('vmx'), false, true],
  ['x86 in a cloud machine that passes no virtualisation on', x86('hypervisor'), false, true],
  ['x86 with a /dev/kvm that nothing stands behind', x86('hypervisor'), true, true],
  ['x86 with a flag that only looks like it', x86('svm_lock vmxx'), true, true],
  ['ARM with KVM', arm, true, false],
  ['ARM without', arm, false, true],
];
for (const [title, cpuinfo, hasKvm, emulates] of computers) {
  test(`${title}: ${emulates ? 'machines are emulated' : 'machines run on the processor'}`, (t) => {
    t.is(mustEmulate(cpuinfo, hasKvm), emulates);
  });
}

const line = (text: string): LabEvent => ({ type: 'output', machine: 'web', line: text });
const ignore = () => undefined;
const tick = () => new Promise((resolve) => setImmediate(resolve));

test('the others wait until the first has made what all share', async (t) => {
  const alone = firstAlone({ until: /^Starting domain/ });
  const said: string[] = [];
  let speak: (text: string) => void = ignore;
  const first = alone(ignore, async (emit) => {
    await new Promise<void>((resolve) => {
      speak = (text) => {
        emit(line(text));
        if (text === 'end') resolve();
      };
    });
    said.push('first');
  });
  const others = ['second', 'third'].map((name) => alone(ignore, async () => void said.push(name)));
  await tick();
  speak('Creating image');
  await tick();
  t.deepEqual(said, []);
  speak('Starting domain.');
  await Promise.all(others);
  t.deepEqual(said, ['second', 'third'], 'while the first one still works');
  speak('end');
  await first;
  t.deepEqual(said, ['second', 'third', 'first']);
});

test('when the first one fails, the next is first', async (t) => {
  const alone = firstAlone({ until: /^Starting domain/ });
  let atWork = 0;
  const failing = () =>
    alone(ignore, async () => {
      atWork += 1;
      t.is(atWork, 1, 'never two at once');
      await tick();
      atWork -= 1;
      throw new Error('no');
    });
  const results = await Promise.allSettled([failing(), failing(), failing()]);
  t.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  );
  t.is(await alone(ignore, async () => 'yes'), 'yes');
});

test('what is heard is passed on, and where nothing is shared nobody waits', async (t) => {
  const heard: LabEvent[] = [];
  await firstAlone({ until: /^Starting/ })(
    (event) => heard.push(event),
    async (emit) => emit(line('Starting domain.')),
  );
  t.deepEqual(heard, [line('Starting domain.')]);
  const alone = firstAlone({ until: undefined });
  const never = alone(ignore, () => new Promise(() => undefined));
  t.is(await alone(ignore, async () => 'side by side'), 'side by side');
  t.truthy(never);
});

test('what is there from an earlier time is asked for once, and nobody waits for it', async (t) => {
  let asked = 0;
  const isThere = async () => {
    asked += 1;
    return true;
  };
  const alone = firstAlone({ until: /^Starting/, isThere });
  const never = alone(ignore, () => new Promise(() => undefined));
  t.is(await alone(ignore, async () => 'side by side'), 'side by side');
  t.is(asked, 1);
  t.truthy(never);
});

/** What two processes of this computer share. */
const computer = () => {
  let holder: Promise<void> = Promise.resolve();
  let network = false;
  const keepOut = async () => {
    const before = holder;
    let release: () => void = ignore;
    holder = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    return async () => release();
  };
  const make = () => {
    network = true;
  };
  return { keepOut, isThere: async () => network, make };
};

test('of two labs that come up at once one makes the network, and the other finds it', async (t) => {
  const { keepOut, isThere, make } = computer();
  let makers = 0;
  const lab = () => {
    const alone = firstAlone({ until: /^Preparing/, isThere, keepOut });
    const start = async (emit: (event: LabEvent) => void) => {
      const found = await isThere();
      await tick();
      if (!found) makers += 1;
      make();
      emit(line('Preparing network interfaces'));
      await tick();
    };
    return Promise.all(['lb1', 'lb2'].map(() => alone(ignore, start)));
  };
  await Promise.all([lab(), lab()]);
  t.is(makers, 1);
});

test('a lab whose first machine fails lets the next lab in', async (t) => {
  const { keepOut, isThere } = computer();
  const alone = () => firstAlone({ until: /^Preparing/, isThere, keepOut });
  await t.throwsAsync(alone()(ignore, async () => Promise.reject(new Error('no'))));
  t.is(await alone()(ignore, async () => 'yes'), 'yes');
});
