/** The devices that a machine may use: those that are no hardware. It may make none. */
const devices: readonly (readonly [device: string, name: string])[] = [
  ['c 1:3', '/dev/null'],
  ['c 1:5', '/dev/zero'],
  ['c 1:7', '/dev/full'],
  ['c 1:8', '/dev/random'],
  ['c 1:9', '/dev/urandom'],
  ['c 5:0', '/dev/tty'],
  ['c 5:2', '/dev/ptmx'],
  ['c 136:*', 'char-pts'],
  ['c 10:200', '/dev/net/tun'],
];

/** What is written to which file of a group of version 1, in this order. `m`: nspawn itself makes some of them for a machine without users of its own. */
export const deviceFiles: readonly [file: string, value: string][] = [
  ['devices.deny', 'a'],
  ...devices.map(([device]): [string, string] => ['devices.allow', `${device} rwm`]),
];

/** What a scope must name, since `DevicePolicy=closed` allows the others (systemd.resource-control(5)). */
export const scopeDevices: readonly string[] = ['/dev/net/tun rwm', 'char-pts rw'];
