import { covers, offsetIn, type Subnet, subnetOf } from '../../plan/addresses.js';

/** A network that this computer reaches already, through a card of its own or by a route. */
export interface UsedNetwork {
  /** `192.168.1.0/24`. */
  readonly cidr: string;
  /** The card's or the route's name, for people. */
  readonly by: string;
  readonly kind: 'card' | 'route';
  /** This computer's own address there, when it is a card. */
  readonly address?: string;
}

const address = /^\d{1,3}(?:\.\d{1,3}){3}$/;

const prefixOf = (netmask: string): number =>
  netmask
    .split('.')
    .map((part) => Number(part).toString(2).replaceAll('0', '').length)
    .reduce((sum, bits) => sum + bits, 0);

/** `192.168.56.7` and `255.255.255.0` or `24` as `192.168.56.0/24`. */
export const cidrOf = (inside: string, mask: string | number): string => {
  const prefix = typeof mask === 'number' ? mask : prefixOf(mask);
  const { base } = subnetOf(`${inside}/${prefix}`);
  const parts = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256);
  return `${parts.join('.')}/${prefix}`;
};

const route = (cidr: string, by: string): UsedNetwork => ({ cidr, by, kind: 'route' });

/** The lines of /proc/net/route; numbers are hexadecimal, the least byte first. */
export const linuxRoutes = (text: string): UsedNetwork[] => {
  const dotted = (hex: string) => (hex.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16));
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((words) => words.length >= 8)
    .map(([card = '', to = '', , , , , , mask = '']) =>
      route(cidrOf(dotted(to).join('.'), dotted(mask).join('.')), card),
    );
};

/** `netstat -rn -f inet` of macOS: `192.168.56` is 192.168.56.0/24 there, `10.8/16` is 10.8.0.0/16. */
export const macRoutes = (text: string): UsedNetwork[] =>
  text.split('\n').flatMap((line) => {
    const [to = '', , , card = ''] = line.trim().split(/\s+/);
    const [, dotted = '', bits] = /^(\d{1,3}(?:\.\d{1,3}){0,3})(?:\/(\d+))?$/.exec(to) ?? [];
    if (dotted === '') return [];
    const parts = dotted.split('.');
    const whole = [...parts, '0', '0', '0'].slice(0, 4).join('.');
    return [route(cidrOf(whole, bits === undefined ? 8 * parts.length : Number(bits)), card)];
  });

/** `route print -4` of Windows, whose words are in the user's language. */
export const windowsRoutes = (text: string): UsedNetwork[] =>
  text.split(/\r?\n/).flatMap((line) => {
    const words = line.trim().split(/\s+/);
    const [to = '', mask = ''] = words;
    const card = words.at(-2) ?? '';
    return words.length >= 5 && [to, mask, card].every((word) => address.test(word))
      ? [route(cidrOf(to, mask), card)]
      : [];
  });

const ends = ({ base, size }: Subnet): number => base + size;

export const overlap = (one: string, other: string): boolean => {
  const [left, right] = [subnetOf(one), subnetOf(other)];
  return left.base < ends(right) && right.base < ends(left);
};

export const isIn = (subnet: string, one: string): boolean => {
  const offset = offsetIn(subnetOf(subnet), one);
  return offset >= 0 && offset < subnetOf(subnet).size;
};

/** Loopback, link-local and multicast addresses are nobody's network; half or more of all is where everything else goes. */
const isOfNoAccount = ({ cidr }: UsedNetwork): boolean =>
  subnetOf(cidr).prefixLength < 4 || ['127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'].some((one) => covers(one, cidr));

/** The cards, and of the routes those that lead to more than the cards do. */
export const usedNetworks = (cards: readonly UsedNetwork[], routes: readonly UsedNetwork[]): UsedNetwork[] => {
  const further = routes.filter(({ cidr }) => !cards.some((card) => covers(card.cidr, cidr)));
  return [...cards, ...further].filter((network) => !isOfNoAccount(network));
};
