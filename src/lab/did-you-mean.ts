import { distance } from 'fastest-levenshtein';
import { own } from '../model/own.js';
import { roles } from '../roles/roles.js';

/** What people write for our words. A synonym counts only where its word is among the candidates. */
const synonyms: Readonly<Record<string, string>> = {
  ...Object.fromEntries(roles.flatMap(({ name, synonyms: words }) => words.map((word) => [word, name]))),
  vbox: 'virtualbox',
  kvm: 'libvirt',
  qemu: 'libvirt',
  nspawn: 'container',
  docker: 'container',
  bookworm: 'debian-12',
  trixie: 'debian-13',
  jammy: 'ubuntu-22.04',
  noble: 'ubuntu-24.04',
  debian: 'debian-13',
  ubuntu: 'ubuntu-24.04',
  nodejs: 'node',
  python: 'gunicorn',
  wsgi: 'uwsgi',
  ram: 'memoryMb',
  cpu: 'cores',
  cpus: 'cores',
  ip: 'address',
  vrid: 'routerId',
  os: 'system',
  vip: 'vip-holder',
  holder: 'vip-holder',
  master: 'vip-holder',
  standby: 'vip-standby',
  backup: 'vip-standby',
  kill: 'process-killed',
  crash: 'process-killed',
  hang: 'process-hung',
  freeze: 'process-hung',
  stop: 'service-stopped',
  restart: 'service-restarted',
  reload: 'service-reloaded',
  poweroff: 'power-cut',
  pause: 'machine-paused',
  suspend: 'machine-paused',
  unplug: 'cable-cut',
  partition: 'vrrp-partition',
  splitbrain: 'vrrp-partition',
  process: 'service',
  unit: 'service',
  duration: 'for',
  lasts: 'for',
};

/** Case, spaces, dashes and underscores do not make another word. */
const plain = (word: string): string => word.toLowerCase().replaceAll(/[\s_.-]/g, '');

const sorted = (word: string): string => [...word].sort().join('');

const nearness = (word: string, candidate: string): number => {
  const [left, right] = [plain(word), plain(candidate)];
  if (left === right) return 0;
  if (sorted(left) === sorted(right)) return 1;
  const start = left.length >= 3 && (right.startsWith(left) || left.startsWith(right));
  return start ? 1 : distance(left, right);
};

/** The candidate that was probably meant, or undefined when none is near. */
export const didYouMean = (word: string, candidates: readonly string[]): string | undefined => {
  if (word.length > 100) return undefined;
  const synonym = own(synonyms, plain(word));
  if (synonym !== undefined && candidates.includes(synonym)) return synonym;
  const ranked = candidates
    .map((candidate) => ({ candidate, near: nearness(word, candidate), apart: distance(word, candidate) }))
    .sort((left, right) => left.near - right.near || left.apart - right.apart);
  const best = ranked[0];
  return best && best.near <= Math.max(1, Math.floor(plain(word).length * 0.4)) ? best.candidate : undefined;
};

/** `a`, `a or b`, `a, b or c`. */
export const oneOf = (words: readonly string[], last = 'or'): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
