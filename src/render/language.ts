import * as quotes from './quote.js';

/** Which language a generated file speaks, by its path in the machine (or in the lab folder); the first match decides. */
const languages: readonly (readonly [RegExp, quotes.Quote])[] = [
  [/(^|\/)Vagrantfile$|\.rb$/, quotes.ruby],
  [/\.sh$/, quotes.shell],
  [/\.(html|svg)$/, quotes.html],
  [/\.md$/, quotes.markdown],
  [/\.(json|js|mjs|cjs|py|ya?ml)$/, quotes.json],
  [/\.sql$/, quotes.sqlString],
  [/\.env$|(^|\/)etc\/default\//, quotes.environment],
  [/(^|\/)etc\/nginx\//, quotes.nginx],
  [/(^|\/)etc\/haproxy\//, quotes.haproxy],
  [/(^|\/)etc\/keepalived\//, quotes.keepalived],
  [/(^|\/)etc\/nftables/, quotes.nftables],
  [/(^|\/)etc\/mysql\//, quotes.optionFile],
  [/(^|\/)etc\/systemd\//, quotes.systemd],
];

/** The quote of the language a file is written in; plain words where none is known. */
export const quoteFor = (path: string): quotes.Quote =>
  languages.find(([pattern]) => pattern.test(path))?.[1] ?? quotes.plain;
