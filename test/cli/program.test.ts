import test from 'ava';
import { readCommandLine } from '../../src/cli/program.js';
import { verbs } from '../../src/cli/verbs.js';
import { InputError } from '../../src/model/errors.js';

const read = (argv: string[], columns?: number) => readCommandLine(argv, '1.2.3', columns);

const words = (...argv: string[]) => {
  const request = read(argv);
  if (request.kind !== 'run') throw new Error('asked for text only');
  return request;
};

const textOf = (...argv: string[]): string => {
  const request = read(argv);
  if (request.kind !== 'print') throw new Error('asked for a verb');
  return request.text;
};

const refusal = (...argv: string[]): InputError => {
  try {
    read(argv);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

test('the help names every verb and the exit codes', (t) => {
  const help = textOf('--help');
  for (const { name, summary } of verbs) {
    t.true(help.includes(`  ${name}`), name);
    t.true(help.replaceAll(/\s+/g, ' ').includes(summary), summary);
  }
  t.regex(help, /130 {2}interrupted/);
});

test('a command line is taken as it is meant', (t) => {
  const commandOf = (...argv: string[]) => words(...argv).words.arguments.command;
  t.deepEqual(commandOf('exec', 'lb1', 'ls', '-la', '/nope'), ['ls', '-la', '/nope']);
  t.deepEqual(commandOf('-C', 'lab', 'exec', '-q', 'lb1', 'ls', '--', '-y'), ['ls', '--', '-y']);
  t.deepEqual(commandOf('exec', 'lb1', '--', 'ls', '-la'), ['ls', '-la']);
  t.deepEqual(commandOf('exec', '--', 'lb1', 'ls'), ['ls']);
  t.regex(refusal('exec', 'lb1').message, /command/);
  t.is(textOf('help', 'verify'), textOf('verify', '--help'));
  t.is(textOf('help'), textOf('--help'));
  t.is(textOf('version'), textOf('--version'));
});

test('every verb has help with its examples', (t) => {
  for (const verb of verbs) {
    const help = textOf(verb.name, '--help');
    for (const [line] of verb.examples) t.true(help.includes(line), `${verb.name}: ${line}`);
  }
});

for (const columns of [60, 80, 200]) {
  test(`all help is broken between words at ${columns} columns`, (t) => {
    const all = [[], ...verbs.map(({ name }) => [name])].map((argv) => read([...argv, '--help'], columns));
    for (const request of all) {
      const lines = request.kind === 'print' ? request.text.split('\n') : [];
      const examples = verbs.flatMap((verb) => verb.examples.map(([line]) => `  ${line}`));
      const long = lines.filter((line) => line.length > columns && !examples.includes(line));
      t.deepEqual(long, []);
    }
  });
}

test('what is said of a wrong option ends in one full stop', (t) => {
  for (const argv of [
    ['verify', '--format', 'xml'],
    ['up', '--nope'],
    ['exec'],
    ['fault', 'lb1', 'x', 'y'],
    ['nope'],
  ]) {
    const { message, hint = '.' } = refusal(...argv);
    t.regex(message, /[^.]\.$/);
    t.notRegex(hint, /\.\./);
  }
});

test('every verb can be loaded and is a function', async (t) => {
  for (const verb of verbs) t.is(typeof (await verb.load()), 'function', verb.name);
});

test('--version is the version alone', (t) => t.is(textOf('--version'), '1.2.3\n'));

test('an unknown verb is an error of the user, with the one that was probably meant', (t) => {
  t.regex(refusal('stauts').message, /no verb called stauts/);
  t.is(refusal('stauts').hint, 'Did you mean status?');
  t.is(refusal('destory').hint, 'Did you mean destroy?');
  t.is(refusal('prov').hint, 'Did you mean provision?');
  t.regex(refusal('zzz').hint ?? '', /--help lists/);
});

test('an unknown option, a missing argument and a value outside its choices are errors of the user', (t) => {
  t.regex(refusal('up', '--forse').message, /unknown option '--forse'/);
  t.is(refusal('up', '--forse').hint, 'Did you mean --force?');
  t.regex(refusal('logs').message, /missing required argument 'machine'/);
  t.regex(refusal('verify', '--format', 'xml').message, /'xml' is invalid.*table, json, junit, tap/);
  t.regex(refusal('halt', '--nope').message, /unknown option/);
});

test('common options are understood before and after the verb', (t) => {
  t.like(words('-y', '-C', 'x', 'up').common, { yes: true, labDir: 'x' });
  t.like(words('up', 'web', '--yes', '--lab-dir', 'x').common, { yes: true, labDir: 'x' });
});

test('what follows -- belongs to the command in the machine', (t) => {
  const { words: given, common } = words('exec', 'web', '--', 'ls', '-y', '--format', 'x');
  t.deepEqual(given.arguments, { machine: 'web', command: ['ls', '-y', '--format', 'x'] });
  t.not(common.yes, true);
});

test('a setting may be given several times', (t) => {
  t.deepEqual(words('init', '--set', 'a=1', '--set', 'b=2').words.options.set, ['a=1', 'b=2']);
});

test('down is destroy', (t) => t.deepEqual(words('down', 'web').words.arguments, { machine: ['web'] }));

test('no verb at all asks for the main job', async (t) => {
  const request = words();
  const { mainJob } = await import('../../src/cli/verbs/main-job.js');
  t.is(await request.load(), mainJob);
});
