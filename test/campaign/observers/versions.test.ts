import test from 'ava';
import { versionIn } from '../../../src/campaign/observers/versions.js';

const words = [
  ['haproxy', 'HAProxy version 3.0.11-1+deb13u5 2026/11/18 - https://haproxy.org/', '3.0.11'],
  ['keepalived', 'Keepalived v2.3.3 (03/30,2025)', '2.3.3'],
  ['nginx', 'nginx version: nginx/1.26.3', '1.26.3'],
  ['openssl', 'OpenSSL 3.5.7 9 Jun 2026 (Library: OpenSSL 3.5.7 9 Jun 2026)', '3.5.7'],
  ['node', 'v20.19.2', '20.19.2'],
  ['gunicorn', 'gunicorn (version 23.0.0)', '23.0.0'],
  ['python', 'Python 3.13.5', '3.13.5'],
  ['mysql', '/usr/sbin/mysqld  Ver 9.7.4-2 for Linux on x86_64 ((Debian))', '9.7.4'],
  ['mariadb', 'mariadbd  Ver 11.8.3-MariaDB-0+deb13u1 from Debian for debian-linux-gnu on x86_64', '11.8.3'],
  ['kernel', '6.18.44-fc-v669', '6.18.44-fc-v669'],
  ['haproxy', 'sh: 1: haproxy: not found', undefined],
  ['kernel', '', undefined],
] as const;

for (const [program, said, version] of words) {
  test(`${program} is of version ${version ?? 'unknown'} when it says: ${said || 'nothing'}`, (t) =>
    t.is(versionIn(program, said), version));
}
