import { chmod, link, mkdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { filesFor } from '../../src/drive/machine-inputs.js';
import { exists } from '../../src/host/files.js';
import { InputError } from '../../src/model/errors.js';
import { planOf } from '../../src/plan/plan.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { needs } from '../rig/needs.js';
import { ownLab } from '../rig/own-lab.js';
import { must, ok, quintet, words } from '../rig/quintet.js';
import { temporaryFolder } from '../rig/temporary.js';

/**
 * What somebody else's application tries (`app.runtime: own`): by its folder, on whoever deploys it; by its build and by its command,
 * on the machine that it runs in. Each attack says what it would gain.
 */

const { room, lab } = await ownLab();
const attack = needs('root', 'systemd-nspawn', 'mmdebstrap', 'ip').serial;
const rooted = needs('root');
const student = 65_534;

// --- The folder ---------------------------------------------------------------------------------------------------------

const app = { runtime: 'own', source: 'hostile', command: 'python3 app.py', health: '/health' } as const;

interface Folder {
  readonly title: string;
  readonly gains: string;
  /** Makes it bad; `victim` is a file of root's that only root may read. */
  readonly make: (folder: string, victim: string) => Promise<unknown>;
  readonly says: RegExp;
}

const folders: readonly Folder[] = [
  {
    title: 'a link to a file of root’s',
    gains: 'the file comes with the application, which shows it to everybody',
    make: (folder, victim) => symlink(victim, join(folder, 'page.html')),
    says: /page\.html is not a plain file but a link/,
  },
  {
    title: 'a link to a folder of root’s',
    gains: 'all of the folder comes with the application',
    make: (folder, victim) => symlink(join(victim, '..'), join(folder, 'pages')),
    says: /pages is not a plain file but a link/,
  },
  {
    title: 'a link in the place of the folder itself',
    gains: 'any folder of the computer is the application',
    make: async (folder, victim) => {
      await rm(folder, { recursive: true });
      await symlink(join(victim, '..'), folder);
    },
    says: /hostile is not a plain folder but a link/,
  },
  {
    title: 'another name of a file of root’s',
    gains: 'the same as a link, where the system lets people make them',
    make: (folder, victim) => link(victim, join(folder, 'page.html')),
    says: /page\.html/,
  },
  {
    title: 'a pipe',
    gains: 'Quintet reads it for ever',
    make: (folder) => execa('mkfifo', [join(folder, 'page.html')]),
    says: /page\.html is not a plain file but a pipe/,
  },
  {
    title: 'a device',
    gains: 'Quintet reads zeros until the memory is full',
    make: (folder) => execa('mknod', [join(folder, 'page.html'), 'c', '1', '5']),
    says: /page\.html is not a plain file but a device/,
  },
  {
    title: 'a socket',
    gains: 'Quintet talks to whoever listens there',
    make: (folder) =>
      new Promise((resolve) =>
        createServer()
          .unref()
          .listen(join(folder, 'page.html'), () => resolve(0)),
      ),
    says: /page\.html is not a plain file but a socket/,
  },
  {
    title: 'a file of a terabyte that has nothing in it',
    gains: 'the memory is full',
    make: async (folder) => {
      await writeFile(join(folder, 'page.html'), '');
      await truncate(join(folder, 'page.html'), 2 ** 40);
    },
    says: /page\.html is larger than/,
  },
  {
    title: 'many files that are large together',
    gains: 'the memory is full',
    make: async (folder) => {
      for (let index = 0; index < 65; index += 1) {
        await writeFile(join(folder, `${index}`), '');
        await truncate(join(folder, `${index}`), 2 ** 20);
      }
    },
    says: /holds more than 64 MiB/,
  },
  {
    title: 'folders in folders without end',
    gains: 'the stack is full',
    make: (folder) => mkdir(join(folder, ...Array.from({ length: 70 }, () => 'd')), { recursive: true }),
    says: /folders more than 64 deep/,
  },
  {
    title: 'a file in the place of the folder',
    gains: 'a stack trace',
    make: async (folder) => {
      await rm(folder, { recursive: true });
      await writeFile(folder, '');
    },
    says: /hostile is not a plain folder but a file/,
  },
];

for (const { title, make, says } of folders) {
  rooted(`the folder of an application is refused: ${title}`, async (t) => {
    const place = await temporaryFolder(t);
    await chmod(place, 0o755);
    await mkdir(join(place, 'root'), { mode: 0o700 });
    const victim = join(place, 'root', 'victim');
    await writeFile(victim, 'secret', { mode: 0o600 });
    const folder = join(place, 'lab', 'hostile');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'app.py'), '');
    await execa('chown', ['-R', `${student}:${student}`, join(place, 'lab')]);
    await make(folder, victim);
    const site = { folder: join(place, 'lab'), id: 'abcdef01', plan: planOf(labSchema.parse({ app })) };
    const error = t.throws(() => filesFor(site, 'app'));
    t.regex(error?.message ?? '', says);
    t.true(error instanceof InputError, String(error?.stack));
  });
}

for (const source of [
  '../victim',
  '/etc',
  '.',
  '..',
  'a/../../etc',
  '.quintet',
  'machines/db',
  'Reports',
  'a//b',
  'a\nb',
]) {
  // It would gain every file of that folder: the lab's own keys, say.
  test(`${JSON.stringify(source)} is no folder of an application`, async (t) => {
    const place = await temporaryFolder(t);
    await writeFile(join(place, 'lab.yaml'), JSON.stringify({ name: 'hostile', app: { ...app, source } }));
    const ran = await quintet(place, 'validate');
    t.is(ran.exitCode, 2, words(ran));
    t.regex(ran.stderr, /source/);
  });
}

// --- What runs in the machine --------------------------------------------------------------------------------------------

const got = 'GOT THROUGH';
const reads = (path: string): string => `head -c 1 ${path} >/dev/null && echo '${got}'`;
const connects = (host: string, port: number): string =>
  `timeout 1 bash -c ': </dev/tcp/${host}/${port}' && echo '${got}'`;
const no = /permission denied|not permitted|read-only file system|no such file/i;
const nobody = /refused|no route|unreachable|GONE/i;

interface Try {
  readonly title: string;
  readonly gains: string;
  readonly script: string;
  readonly refused: RegExp;
}

const tries: readonly Try[] = [
  {
    title: 'read the key of the site',
    gains: 'another site can say that it is this one',
    script: reads('/etc/nginx/tls/site.key'),
    refused: no,
  },
  {
    title: 'read the machine’s hashes of passwords',
    gains: 'passwords can be guessed',
    script: reads('/etc/shadow'),
    refused: no,
  },
  {
    title: 'read the file with the password of the database',
    gains: 'a build, which is not the application, has the database',
    script: reads('/etc/quintet/database.password'),
    refused: no,
  },
  {
    title: 'read what the machine is provisioned from',
    gains: 'all the keys and passwords of the machine',
    script: reads('/var/lib/quintet/stage/provision.sh'),
    refused: no,
  },
  {
    title: 'find any private key',
    gains: 'the key of the lab’s authority, say',
    script: `timeout 20 grep -rlsI -e '-----BEGIN [A-Z ]*PRIVATE KEY' /etc /opt /root /run /srv /var /tmp && echo '${got}'; echo none is readable`,
    refused: /none is readable/,
  },
  {
    title: 'read what others were started with',
    gains: 'whatever stands in their environment',
    script: `for one in /proc/[0-9]*; do case $(cat $one/cmdline 2>/dev/null | tr '\\0' ' ') in *nginx:* | *haproxy*) echo '${got}' ;; esac; done; cat /proc/1/environ`,
    refused: no,
  },
  {
    title: 'be root by a program of its own',
    gains: 'the machine',
    script: `cp /usr/bin/id ./own-id; chmod u+s ./own-id && [ -u ./own-id ] && echo '${got}'; su -c id </dev/null`,
    refused: /permission denied|not permitted|read-only|cannot|failure|must be run/i,
  },
  {
    title: 'be root in a namespace of its own',
    gains: 'all those parts of the kernel that ask for root',
    script: `unshare --user --map-root-user true && echo '${got}'`,
    refused: no,
  },
  {
    title: 'change what root runs',
    gains: 'the machine, as soon as it is provisioned again',
    script: `for one in /usr/bin/env /etc/profile /opt/quintet/current/start.sh; do echo x >>$one && echo '${got}'; done`,
    refused: no,
  },
  {
    title: 'end the web server',
    gains: 'the site is gone',
    script: `kill -9 $(cat /run/nginx.pid) && echo '${got}'; kill -9 1 && echo '${got}'`,
    refused: /no such|permitted|denied/i,
  },
  {
    title: 'tell the load balancer what to do',
    gains: 'visitors are sent elsewhere',
    script: `perl -MIO::Socket::UNIX -e 'print IO::Socket::UNIX->new("/run/haproxy/admin.sock") ? "${got}" : "refused: $!"'`,
    refused: no,
  },
  {
    title: 'connect where the lab has no connection',
    gains: 'a way on, to the next machine',
    script: `${connects('db', 22)}; ${connects('db', 9100)}; echo GONE`,
    refused: nobody,
  },
  {
    title: 'be root in the database',
    gains: 'all data, and every account',
    script: `python3 -c 'import pymysql; pymysql.connect(host="db", user="root"); print("${got}")' 2>&1 | tail -n 1`,
    // The build may be there before the database is.
    refused: /denied|not allowed|refused/i,
  },
];

/** All of it, whose words go where it is told, a part for each. */
const allTries = tries.map(({ script }, index) => `printf '\\n=== ${index}\\n'\n(\n${script}\n) 2>&1\n`).join('');

const partsOf = (said: string): readonly string[] => said.split(/^=== \d+\n/m).slice(1);

/** A web page for each request, and whatever a visitor posts is run: an application that somebody has taken over. */
const server = `
import os, subprocess
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Handler(BaseHTTPRequestHandler):
    def answer(self, body):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        self.answer(b'well')
    def do_POST(self):
        script = self.rfile.read(int(self.headers['content-length']))
        self.answer(subprocess.run(['sh', '-c', script], stdin=-3, stdout=-1, stderr=-2).stdout)
ThreadingHTTPServer((os.environ['ADDRESS'], int(os.environ['PORT'])), Handler).serve_forever()
`;

/** Names that a shell, a terminal or a list of lines would take for something else. */
const oddNames = [
  '-rf',
  '$(touch owned)',
  "it's",
  'new\nline',
  'back\\slash',
  '...',
  '\u001b]0;owned\u0007',
  ' ',
  ';reboot',
];

const said = { build: [] as readonly string[], command: [] as readonly string[] };

const told = (machine: string, ...argv: string[]): Promise<string> => must(lab, 'exec', machine, '--', ...argv);
const asApp = (script: string): Promise<string> =>
  told(
    'server',
    'sh',
    '-euc',
    '. /etc/quintet/app.env; curl --silent --max-time 60 --data-binary "$1" "http://$ADDRESS:$PORT/"',
    'sh',
    script,
  );
const change = async (from: RegExp, to: string): Promise<void> => {
  const path = join(lab, 'lab.yaml');
  const text = await readFile(path, 'utf8');
  await writeFile(
    path,
    text.replace(from, () => to),
  );
};

attack(
  'an application with odd names comes up, and its attacks are tried by its build and by its command',
  async (t) => {
    await mkdir(join(lab, 'hostile'), { recursive: true });
    const machines = 'machines: { server: { roles: [load-balancer, web, app] }, db: { roles: [database] } }';
    const packages = '[python3, python3-pymysql, python3-cryptography]';
    // $HERE and ${HERE} are the shell's: systemd once took them for its own, and put nothing there.
    const build = `HERE=well; echo "$HERE and \${HERE} by" $(id -un) >by.txt; sh attacks.sh >said.txt 2>&1; grep processes /proc/self/limits >>by.txt`;
    await writeFile(
      join(lab, 'lab.yaml'),
      `name: hostile\nprovider: container\n${machines}\napp:\n  runtime: own\n  source: hostile\n  build: ${JSON.stringify(build)}\n  command: python3 app.py\n  health: /health\n  packages: ${packages}\n`,
    );
    await writeFile(join(lab, 'hostile', 'app.py'), server);
    await writeFile(join(lab, 'hostile', 'attacks.sh'), allTries);
    for (const name of oddNames) await writeFile(join(lab, 'hostile', name), 'odd');
    await execa('chown', ['-R', `${student}:${student}`, lab]);
    ok(t, await quintet(lab, 'up'));
    const at = '/opt/quintet/current/app';
    const names = (await told('server', 'find', at, '-mindepth', '1', '-printf', '%f\\0')).split('\0').filter(Boolean);
    t.deepEqual(
      names.sort(),
      [
        ...oddNames,
        'app.py',
        'attacks.sh',
        'by.txt',
        'said.txt',
        ...['own-id'].filter((one) => names.includes(one)),
      ].sort(),
    );
    t.regex(await told('server', 'cat', `${at}/by.txt`), /^well and well by quintet-build\nMax processes +1024 /);
    said.build = partsOf(await told('server', 'cat', `${at}/said.txt`));
    said.command = partsOf(await asApp('cd /tmp; sh /opt/quintet/current/app/attacks.sh'));
  },
);

for (const [index, { title, refused }] of tries.entries()) {
  for (const way of ['build', 'command'] as const) {
    attack(`the ${way} of an application can’t ${title}`, (t) => {
      const words = said[way][index] ?? '';
      t.false(words.includes(got), words);
      t.regex(words, refused);
    });
  }
}

// It would gain a way into the machine that the lab does not know of.
attack('where an application listens beside its port, nobody hears it', async (t) => {
  await asApp('cd /tmp; setsid python3 -m http.server 4000 --bind 0.0.0.0 >/dev/null 2>&1 & sleep 1');
  const address = (await told('server', 'sh', '-c', '. /etc/quintet/app.env; echo $ADDRESS')).trim();
  t.regex(await told('server', 'curl', '--silent', '--head', `http://${address}:4000/`), /200/);
  t.is(
    (await quintet(lab, 'exec', 'db', '--', 'curl', '--silent', '--max-time', '1', `http://${address}:4000/`)).stdout,
    '',
  );
});

// It would gain that nobody can enter the machine any more, and that nothing in it starts again.
attack('an application that forks without end leaves its machine room', async (t) => {
  const child = 'open STDOUT, ">", "/dev/null"; open STDERR, ">", "/dev/null"; sleep 100; exit';
  const forks = `my $n = 0; while ($n < 5000) { my $one = fork; last unless defined $one; if (!$one) { ${child} } $n++ } print "$n: $!"`;
  t.regex(await asApp(`perl -e '${forks}'`), /^\d{3,4}: Resource temporarily unavailable/);
  await told('server', 'systemctl', 'restart', 'nginx');
  t.true(Number(await told('server', 'pgrep', '--count', '-u', 'quintet-app', 'perl')) > 500);
  await told('server', 'pkill', '-KILL', '-u', 'quintet-app', 'perl');
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not come out
const driving = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

// It would gain the computer's disk, by what is kept of its words; the machine's, for ever; and the terminal.
attack('a build that fills the disk and talks without end leaves nothing of it, and types nothing', async (t) => {
  const running = await told('server', 'readlink', '/opt/quintet/current');
  const script = `fallocate -l 3G big; yes talk | head -c 30M; printf '\\033]0;owned\\007last words\\n'; exit 1`;
  await change(/^ {2}build:.*$/m, `  build: ${JSON.stringify(script)}`);
  const ran = await quintet(lab, 'deploy');
  t.is(ran.exitCode, 3, words(ran));
  t.regex(ran.stderr, /the build of the application failed/);
  t.regex(ran.stderr, /last words/);
  t.notRegex(ran.stderr, driving);
  t.true((await stat(join(lab, '.quintet', 'logs', 'server.log'))).size < 3 * 2 ** 20);
  t.is(await told('server', 'readlink', '/opt/quintet/current'), running);
  t.is(await told('server', 'find', '/opt/quintet', '-name', '*.new'), '');
});

// It would gain a file of root's, by whoever deploys it.
attack('a link in the folder is refused before anything is sent, and its name types nothing', async (t) => {
  await symlink('/etc/shadow', join(lab, 'hostile', '\u001b]0;owned\u0007page'));
  const ran = await quintet(lab, 'deploy');
  t.is(ran.exitCode, 2, words(ran));
  t.regex(ran.stderr, /page is not a plain file but a link/);
  t.notRegex(ran.stderr, driving);
  t.false(await exists(join(room, 'owned')));
});
