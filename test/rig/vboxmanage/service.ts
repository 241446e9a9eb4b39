import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, powerOff } from './chassis.js';
import { clonevm, exportAppliance, importAppliance, snapshot, unregistervm } from './disk.js';
import { type Call, Failed, progress, type Reply, silent, untaught, type Verb } from './reply.js';
import { controlvm, ensureSettingsFolder, hostonlyif, modifyvm, startvm } from './settings.js';
import { guestproperty, list, showvminfo } from './show.js';
import { logCall, type Misfortune, paths, readMisfortunes, transaction } from './store.js';

/**
 * The service behind a stand-in for VirtualBox's VBoxManage, as VBoxSVC is behind the real one: what real Vagrant's
 * VirtualBox provider asks of it, answered by containers. It does what it was asked for, whatever becomes of the VBoxManage
 * that asked, and ends with whoever started it. Test equipment; never a provider, and it says so in its version.
 */
const version = '7.0.20_QuintetStandInr163906';

const verbs: Readonly<Record<string, Verb>> = {
  '--version': async () => ({ stdout: `${version}\n` }),
  list,
  showvminfo,
  guestproperty,
  setextradata: async () => silent,
  sharedfolder: async () => silent,
  dhcpserver: async () => progress(),
  import: importAppliance,
  export: exportAppliance,
  clonevm,
  snapshot,
  modifyvm,
  startvm,
  controlvm,
  hostonlyif,
  unregistervm,
};

/** A machine that switched itself off, or whose process was killed, is found out when somebody asks for it (or for all). */
const noticeDeaths = async ({ home, state, words }: Call): Promise<void> => {
  const asked = state.vms.filter(({ uuid, name }) => words.includes(uuid) || words.includes(name));
  for (const vm of (asked.length > 0 ? asked : state.vms).filter(({ power }) => power !== 'off')) {
    if (await isAlive(home, vm)) continue;
    await powerOff(home, vm);
    vm.power = 'off';
  }
};

const matches = (misfortune: Misfortune, argv: readonly string[]): boolean =>
  misfortune.verb.split(' ').every((word) => argv.includes(word));

/** Counts this call for every misfortune that waits for one like it and returns the one whose turn it is. */
const misfortuneOf = async ({ home, state }: Call, argv: readonly string[]): Promise<Misfortune | undefined> => {
  const waiting = (await readMisfortunes(home)).filter((one) => matches(one, argv));
  for (const { key } of waiting) state.calls[key] = (state.calls[key] ?? 0) + 1;
  return waiting.find((one) => {
    const count = state.calls[one.key] ?? 0;
    return count >= one.nth && count < one.nth + (one.times ?? 1);
  });
};

const answer = async (call: Call, argv: readonly string[]): Promise<Reply> => {
  const misfortune = await misfortuneOf(call, argv);
  if (misfortune?.delayMs) await delay(misfortune.delayMs);
  if (misfortune?.stderr) return { stderr: misfortune.stderr, exitCode: misfortune.exitCode ?? 1 };
  const verb = verbs[argv[0] ?? ''];
  if (verb === undefined) return untaught(argv);
  if (argv[0] !== '--version') await noticeDeaths(call);
  return verb(call);
};

const caught = (error: unknown): Reply => {
  if (error instanceof Failed) return error.reply;
  return {
    stderr: `VBoxManage: error: the stand-in broke: ${error instanceof Error ? error.stack : error}\n`,
    exitCode: 1,
  };
};

const served = async (home: string, argv: readonly string[]): Promise<Reply> => {
  const began = Date.now();
  await ensureSettingsFolder(home);
  const reply = await transaction(home, (state) =>
    answer({ home, state, words: argv.slice(1) }, argv).catch(caught),
  ).catch(caught);
  const { stderr = '', exitCode = 0 } = reply;
  const failed = exitCode === 0 ? {} : { stderr };
  await logCall(home, { argv, exitCode, atMs: began, tookMs: Date.now() - began, ...failed });
  return reply;
};

const home = process.env.QUINTET_STAND_IN;
if (home === undefined) throw new Error('QUINTET_STAND_IN is not set: this service only works in its test rig');

const hex = (text: string): string => Buffer.from(text).toString('hex');
const plain = (word: string): string => Buffer.from(word.slice(1), 'hex').toString();

// A question is a line of words, each an x and its bytes in hex; an answer is the exit code, and what to print where.
const server = createServer((socket) => {
  let question = '';
  socket.on('error', () => undefined);
  socket.on('data', async (text) => {
    question += text;
    if (!question.endsWith('\n')) return;
    const { stdout = '', stderr = '', exitCode = 0 } = await served(home, question.trim().split(' ').map(plain));
    socket.end(`${exitCode} x${hex(stdout)} x${hex(stderr)}`);
  });
});
server.listen(paths(home).service, () => console.log('listening'));
process.stdin.resume().on('end', () => process.exit());
