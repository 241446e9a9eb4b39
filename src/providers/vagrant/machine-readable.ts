/** One line of `vagrant … --machine-readable`: `timestamp,target,type,data…`. */
export interface Message {
  /** A machine's name; absent where all of Vagrant is meant. */
  readonly machine?: string;
  /** `ui`, `action`, `error-exit`, `state`, … */
  readonly type: string;
  readonly data: readonly string[];
}

/** The escapes of https://developer.hashicorp.com/vagrant/docs/cli/machine-readable, and the escape character itself. */
const unescaped = (text: string): string =>
  text.replaceAll('%!(VAGRANT_COMMA)', ',').replaceAll('\\n', '\n').replaceAll('\\r', '\r');

/** Undefined for a line that is none: what a program under Vagrant said past it. */
export const parseMessage = (line: string): Message | undefined => {
  const [timestamp = '', machine = '', type, ...data] = line.replace(/\r$/, '').split(',');
  if (!/^\d+$/.test(timestamp) || type === undefined || type === '') return undefined;
  return { ...(machine === '' ? {} : { machine }), type, data: data.map(unescaped) };
};

export const parseMessages = (text: string): Message[] => text.split('\n').flatMap((line) => parseMessage(line) ?? []);

/** What the line tells a person, line by line; progress bars and empty lines are left out. */
export const wordsOf = (line: string): string[] => {
  const message = parseMessage(line);
  if (message === undefined) return line.trim() === '' ? [] : [line];
  if (message.type !== 'ui') return [];
  const text = message.data.slice(1).join(',');
  return text.split('\n').flatMap((one) => {
    // What a carriage return or an erased line (ESC [ K) leaves, without Vagrant's marks (`==> web: `, `    web: `).
    const left = one.split('\r').at(-1)?.replaceAll('\u001b[K', '') ?? '';
    const words = left.replace(/^(==>| {3}) [\w-]+: ?/, '').trimEnd();
    return words === '' ? [] : [words];
  });
};

/** Why Vagrant gave up: the name of its error class (`Vagrant::Errors::VMBootTimeout`) and its words. */
export interface VagrantFailure {
  readonly name: string;
  readonly words: string;
}

export const failureIn = (messages: readonly Message[]): VagrantFailure | undefined => {
  const last = messages.findLast(({ type }) => type === 'error-exit');
  if (last === undefined) return undefined;
  const [name = '', ...words] = last.data;
  return { name, words: words.join(',').trim() };
};

/** The part that says what happened: of a program that Vagrant ran, that program's own words. */
export const essence = ({ words }: VagrantFailure): string => {
  const [, own] = /^Stderr: ?([^\0]*)/m.exec(words) ?? [];
  return (own?.trim() || words.split('\n\n').slice(0, 2).join('\n')).split('\n').slice(0, 8).join('\n');
};
