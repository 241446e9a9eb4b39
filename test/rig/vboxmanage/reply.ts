import type { State, Vm } from './store.js';

export interface Reply {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
}

/** What a verb works with. */
export interface Call {
  readonly home: string;
  readonly state: State;
  readonly words: readonly string[];
}

export type Verb = (call: Call) => Promise<Reply>;

export const silent: Reply = {};

const progressWords = '0%...10%...20%...30%...40%...50%...60%...70%...80%...90%...100%\n';

/** Real VirtualBox tells its progress on standard error. */
export const progress = (stdout = ''): Reply => ({ stdout, stderr: progressWords });

export const failure = (message: string, ...details: readonly string[]): Reply => ({
  stderr: [message, ...details].map((line) => `VBoxManage: error: ${line}\n`).join(''),
  exitCode: 1,
});

/** A failure that ends a verb early. */
export class Failed extends Error {
  readonly reply: Reply;

  constructor(reply: Reply) {
    super(reply.stderr ?? 'failed');
    this.reply = reply;
  }
}

const notFound = (name: string): Reply => {
  const what = /^[0-9a-f]{8}-/.test(name) ? `with UUID {${name}}` : `named '${name}'`;
  return failure(
    `Could not find a registered machine ${what}`,
    'Details: code VBOX_E_OBJECT_NOT_FOUND (0x80bb0001), component VirtualBoxWrap, interface IVirtualBox, callee nsISupports',
    'Context: "FindMachine(Bstr(VMNameOrUuid).raw(), machine.asOutParam())" at line 3139 of file VBoxManageInfo.cpp',
  );
};

export const vmCalled = (state: State, name: string): Vm => {
  const vm = state.vms.find((one) => one.uuid === name || one.name === name);
  if (vm === undefined) throw new Failed(notFound(name));
  return vm;
};

export const refuseWhileOn = (vm: Vm): void => {
  if (vm.power === 'off') return;
  throw new Failed(
    failure(
      `The machine '${vm.name}' is already locked for a session (or being unlocked)`,
      'Details: code VBOX_E_INVALID_OBJECT_STATE (0x80bb0007), component MachineWrap, interface IMachine, callee nsISupports',
    ),
  );
};

/** Something that the stand-in was never taught: said aloud, never passed over. */
export const untaught = (words: readonly string[]): Reply => failure(`the stand-in does not know: ${words.join(' ')}`);
