import { directions, faultKinds } from '../model/fault-kinds.js';
import { serviceNames } from '../plan/services.js';
import { sampleRuntimes } from '../roles/app.js';
import { engines } from '../roles/database.js';
import type { Verb, VerbArgument, VerbOption } from './verb.js';

const machines: VerbArgument = {
  name: '[machine...]',
  summary: 'all of them when none is named',
  completes: 'machine',
};
const machine: VerbArgument = { name: 'machine', summary: "the machine's name", completes: 'machine' };

const format = (...choices: readonly string[]): VerbOption => ({
  flags: '--format <format>',
  summary: 'how to write the result on standard output',
  choices,
  default: choices[0] ?? 'table',
});

const set: VerbOption = {
  flags: '--set <path=value>',
  summary: 'a setting of lab.yaml, e.g. vrrp.timing=fast; may be given several times',
  several: true,
  completes: 'nothing',
};

/** Every verb of the command line; the only place that names them. */
export const verbs: readonly Verb[] = [
  {
    name: 'init',
    group: 'Make a lab',
    summary: 'make a lab: the wizard, or --yes without questions',
    arguments: [{ name: '[dir]', summary: 'the folder to make; ./quintet-lab when left out', completes: 'folder' }],
    options: [{ flags: '--lab <name>', summary: 'which lab of the catalogue', completes: 'lab' }, set],
    examples: [
      ['quintet init', 'asks, shows the lab, and writes it'],
      ['quintet init my-lab --yes', 'the defaults, without questions'],
      ['quintet init my-lab --yes --set vrrp.timing=fast --set app.runtime=gunicorn', 'with two other choices'],
    ],
    load: async () => (await import('./verbs/init.js')).init,
  },
  {
    name: 'validate',
    group: 'Make a lab',
    summary: 'check lab.yaml and the scenarios; touches no machine',
    options: [format('table', 'json')],
    examples: [['quintet validate', 'every mistake at once, with its line and what to do']],
    load: async () => (await import('./verbs/validate.js')).validate,
  },
  {
    name: 'generate',
    group: 'Make a lab',
    summary: 'write everything that follows from lab.yaml again',
    options: [
      { flags: '--dry-run', summary: 'show the differences and write nothing' },
      { flags: '--force', summary: 'replace what you edited; your text is kept as <file>.orig' },
    ],
    examples: [
      ['quintet generate --dry-run', 'what would change'],
      ['quintet generate', 'write it; asks about files you have edited'],
    ],
    load: async () => (await import('./verbs/generate.js')).generate,
  },
  {
    name: 'up',
    group: 'Run it',
    summary: 'bring machines up and provision them; goes on where it stopped',
    arguments: [machines],
    options: [{ flags: '--force', summary: 'replace generated files that you edited; yours are kept as <file>.orig' }],
    examples: [
      ['quintet up', 'the whole lab'],
      ['quintet up web app', 'two machines only'],
      ['quintet up --yes', 'installs what this computer lacks, too (as root)'],
    ],
    afterwards: 'quintet up goes on where it stopped; quintet destroy removes what is there.',
    load: async () => (await import('./verbs/up.js')).up,
  },
  {
    name: 'deploy',
    group: 'Run it',
    summary:
      'put a new version of your own application there, one application server after the other; of two that take turns, on the idle one',
    examples: [['quintet deploy', 'after a change in the folder that app.source names']],
    afterwards: 'quintet deploy goes on where it stopped.',
    load: async () => (await import('./verbs/deploy.js')).deploy,
  },
  {
    name: 'promote',
    group: 'Run it',
    summary: 'put the replica of a database in the place of its source',
    arguments: [machine],
    options: [
      { flags: '--force', summary: 'even where nobody can know that it has everything: what it lacks is lost' },
    ],
    examples: [
      ['quintet promote db2', 'the source stops taking writes, db2 catches up, and then takes them; or db1 is gone'],
      ['quintet promote db2 --force', 'what db1 had acknowledged and db2 lacks is lost'],
    ],
    afterwards: 'quintet status tells which database takes writes; quintet up makes the other one its replica.',
    load: async () => (await import('./verbs/promote.js')).promote,
  },
  {
    name: 'switch',
    group: 'Run it',
    summary: 'send all dynamic requests to the other of two application servers that take turns',
    arguments: [{ name: 'server', summary: 'the application server, such as green', completes: 'machine' }],
    options: [format('table', 'json')],
    examples: [
      ['quintet switch green', 'tries it out first: one that is not healthy is refused'],
      ['quintet switch blue', 'and back'],
    ],
    afterwards: 'The same command goes on where it stopped.',
    load: async () => (await import('./verbs/switch.js')).switchServer,
  },
  {
    name: 'provision',
    group: 'Run it',
    summary: 'provision machines again, even when nothing changed',
    arguments: [machines],
    options: [{ flags: '--force', summary: 'replace generated files that you edited; yours are kept as <file>.orig' }],
    examples: [['quintet provision web', 'after editing machines/web/…']],
    afterwards: 'quintet provision goes on where it stopped.',
    load: async () => (await import('./verbs/provision.js')).provision,
  },
  {
    name: 'halt',
    group: 'Run it',
    summary: 'stop machines; their disks stay',
    arguments: [machines],
    examples: [
      ['quintet halt', 'stop the lab for today'],
      ['quintet halt lb1', 'and watch lb2 take over'],
    ],
    afterwards: 'quintet halt goes on where it stopped.',
    load: async () => (await import('./verbs/halt.js')).halt,
  },
  {
    name: 'snapshot',
    group: 'Run it',
    summary: "keep the machines' disks as they are, and come back to them",
    arguments: [
      { name: 'what', summary: 'save, restore, list or delete', completes: ['save', 'restore', 'list', 'delete'] },
      { name: '[name]', summary: "the snapshot's name; list takes none", completes: 'nothing' },
    ],
    options: [format('table', 'json')],
    examples: [
      ['quintet snapshot save before-tuning', 'all machines at one moment; they are off for it'],
      ['quintet snapshot restore before-tuning', 'asks first: what the machines hold now is lost'],
      ['quintet snapshot list', 'they go when their machines are destroyed'],
      ['quintet snapshot save provisioned', 'what reset comes back to; up saves it by itself where that costs nothing'],
    ],
    afterwards: 'The same command goes on where it stopped; quintet up starts the machines as they are.',
    load: async () => (await import('./verbs/snapshot.js')).snapshot,
  },
  {
    name: 'reset',
    group: 'Run it',
    summary: 'put all machines back to just provisioned, at once',
    examples: [
      [
        'quintet reset',
        'to the snapshot called provisioned, which up takes of containers; where there is none, the lab is built anew',
      ],
      ['quintet up && quintet snapshot save provisioned', 'for virtual machines: so the first reset is quick, too'],
    ],
    afterwards: 'quintet reset begins again.',
    load: async () => (await import('./verbs/reset.js')).reset,
  },
  {
    name: 'destroy',
    alias: 'down',
    group: 'Run it',
    summary: 'remove machines and all they hold; the lab folder stays',
    arguments: [machines],
    options: [{ flags: '--gone', summary: 'the containers of labs whose folder was removed before them' }],
    examples: [
      ['quintet destroy', 'asks first'],
      ['quintet down --yes', 'does not ask'],
      ['quintet destroy --gone', 'after rm -r of a lab that was up; in any folder'],
    ],
    afterwards: 'quintet destroy goes on where it stopped.',
    load: async () => (await import('./verbs/destroy.js')).destroy,
  },
  {
    name: 'backup',
    group: 'Run it',
    summary: 'make a base backup of the database now, and try it',
    examples: [['quintet backup', 'also in the logs of the backup server: quintet logs backup']],
    load: async () => (await import('./verbs/backup.js')).backup,
  },
  {
    name: 'restore',
    group: 'Run it',
    summary: 'bring back from the backups what was dropped or changed by mistake',
    options: [
      { flags: '--drill', summary: 'only try it, on the backup server alone, and tell how long it takes' },
      {
        flags: '--until <time>',
        summary: 'as it was at that time (UTC); what was written since is put aside',
        completes: 'nothing',
      },
      { flags: '--without <transaction>', summary: 'everything but that transaction', completes: 'nothing' },
    ],
    examples: [
      ['quintet restore --drill', 'could it be done now? and how long would it take?'],
      ['quintet restore', 'finds what was dropped last, asks, and restores everything but that'],
      ['quintet restore --until "2026-11-26 16:51:05"', 'to a point in time, to the second'],
    ],
    afterwards: 'Nothing was put into its place yet, or all of it: quintet restore begins again.',
    load: async () => (await import('./verbs/restore.js')).restore,
  },
  {
    name: 'status',
    group: 'Look inside',
    summary: 'machines, who holds the virtual IP, what is broken, where the last report lies',
    options: [format('table', 'json')],
    examples: [
      ['quintet status', 'a table'],
      ['quintet status --format json | jq .vip', 'for scripts'],
    ],
    load: async () => (await import('./verbs/status.js')).status,
  },
  {
    name: 'watch',
    group: 'Look inside',
    summary: 'see it live: who holds the virtual IP, how the site answers, what is broken; until Ctrl-C',
    options: [
      { flags: '--rate <number>', summary: 'requests a second; 20 when left out', completes: 'nothing' },
      { flags: '--for <duration>', summary: 'ends by itself after so long, such as 30s or 5m', completes: 'nothing' },
      format('table', 'json'),
    ],
    examples: [
      ['quintet watch', 'and in another terminal: quintet fault vip-holder power-cut --for 5s'],
      ['quintet watch --for 10s --format json | jq .', 'every event, a line each'],
    ],
    load: async () => (await import('./verbs/watch.js')).watch,
  },
  {
    name: 'ssh',
    group: 'Look inside',
    summary: 'a shell in a machine',
    arguments: [{ ...machine, name: '[machine]' }],
    examples: [['quintet ssh lb1', 'leave it with exit']],
    load: async () => (await import('./verbs/ssh.js')).ssh,
  },
  {
    name: 'exec',
    group: 'Look inside',
    summary: 'run a command in a machine as root; its exit code is the exit code',
    arguments: [machine, { name: 'command...', summary: 'with its own options', completes: 'nothing' }],
    examples: [['quintet exec web nginx -T', 'what nginx read']],
    load: async () => (await import('./verbs/exec.js')).exec,
  },
  {
    name: 'logs',
    group: 'Look inside',
    summary: "a machine's journal",
    arguments: [machine],
    options: [
      { flags: '-f, --follow', summary: 'go on as it grows, until Ctrl-C' },
      { flags: '-n, --lines <count>', summary: 'how many of the last lines', default: '100', completes: 'nothing' },
      { flags: '-u, --unit <unit>', summary: 'only this service, e.g. haproxy', completes: 'nothing' },
      { flags: '--console', summary: 'what the machine said on its console instead' },
      { flags: '--provision', summary: 'what its provisioning said instead' },
    ],
    examples: [
      ['quintet logs lb1 -f -u keepalived', 'watch a failover'],
      ['quintet logs db --provision', 'why it was not provisioned'],
    ],
    load: async () => (await import('./verbs/logs.js')).logs,
  },
  {
    name: 'open',
    group: 'Look inside',
    summary: 'give the site, or the page of its monitoring, at an address of this computer, until Ctrl-C',
    arguments: [{ name: '[what]', summary: 'site (when left out) or monitoring', completes: 'nothing' }],
    options: [
      {
        flags: '-p, --port <port>',
        summary: 'the local port; 8443 (monitoring: 9090) or the next free one',
        completes: 'nothing',
      },
      { flags: '--no-browser', summary: 'only say the address, and open no browser where there is one' },
    ],
    examples: [
      ['quintet open', 'opens a browser where there is a screen, and prints the address'],
      ['quintet open --no-browser', 'prints the address only'],
      ['quintet open monitoring', 'shows what the monitoring server knows'],
    ],
    load: async () => (await import('./verbs/open.js')).open,
  },
  {
    name: 'verify',
    group: 'Verify it',
    summary: 'check the lab, play the scenarios, give a verdict and a report',
    arguments: [{ name: '[scenario...]', summary: 'all of them when none is named', completes: 'scenario' }],
    options: [
      format('table', 'json', 'junit', 'tap'),
      { flags: '--list', summary: 'only list the scenarios' },
      { flags: '--quick', summary: 'a first look, in a minute: the checks, and the scenarios marked for it' },
      { flags: '--all', summary: 'the checks and every scenario, as when nothing is named' },
      { flags: '--checks-only', summary: 'the checks at rest, no faults' },
      { flags: '--only <which>', summary: 'failed: only what did not pass the last time', choices: ['failed'] },
      { flags: '--repeat <count>', summary: 'play each scenario so many times', completes: 'nothing' },
      {
        flags: '--until-sure <share/confidence>',
        summary:
          'play each named scenario until so many percent are sure to hold, such as 95/95; stops at the first fail',
        completes: 'nothing',
      },
      { flags: '--random', summary: 'faults that chance chooses, instead of the scenarios' },
      { flags: '--for <duration>', summary: 'with --random: how long; 1m when left out', completes: 'nothing' },
      { flags: '--seed <number>', summary: 'with --random: the same number chooses the same', completes: 'nothing' },
      { flags: '--replay <run>', summary: 'play the scenarios of an earlier run again', completes: 'folder' },
      {
        flags: '--retry-timeout <duration>',
        summary: 'make checks that do not pass again for so long',
        completes: 'nothing',
      },
      { flags: '--timeout <duration>', summary: 'what is not done by then is unknown', completes: 'nothing' },
    ],
    examples: [
      ['quintet verify', 'everything; exit code 0 is a pass, 1 a fail, 4 unknown'],
      ['quintet verify --quick', 'a first look: the checks, and four real faults'],
      ['quintet verify --list', 'what can be played'],
      ['quintet verify power-cut --repeat 20', 'how the outage is distributed'],
      [
        'quintet verify power-cut --until-sure 95/95',
        '95 % of failovers hold, at 95 % confidence: 59 runs, none failed',
      ],
      ['quintet verify --random --for 10m --seed 7', 'faults by chance; the seed plays them again'],
      ['quintet verify --retry-timeout 30s --timeout 10m --format junit > result.xml', 'for a grader'],
    ],
    afterwards: 'quintet heal undoes what is still broken; quintet verify begins again.',
    load: async () => (await import('./verbs/verify.js')).verify,
  },
  {
    name: 'weak-points',
    group: 'Verify it',
    summary: 'cut the power of each machine in turn, and tell what the site loses with it',
    arguments: [
      { name: '[run...]', summary: 'only tell what such runs found, of this lab and of others', completes: 'folder' },
    ],
    options: [
      format('table', 'markdown', 'json'),
      { flags: '--repeat <count>', summary: 'cut each so many times; the worst counts', completes: 'nothing' },
    ],
    examples: [
      ['quintet weak-points', 'of this lab, which must be up'],
      ['quintet weak-points --repeat 5 --format markdown', 'for a page'],
      ['quintet weak-points ../one/reports/2026-11-22T19-05-08-123Z 2026-11-23T08-00-00-000Z', 'two labs, one table'],
    ],
    afterwards: 'quintet heal undoes what is still broken; quintet weak-points begins again.',
    load: async () => (await import('./verbs/weak-points.js')).weakPoints,
  },
  {
    name: 'fault',
    group: 'Verify it',
    summary: 'make one fault by hand; heal undoes it',
    arguments: [
      { name: '[machine]', summary: 'a machine, a role, vip-holder or vip-standby', completes: 'machine' },
      { name: '[kind]', summary: 'what is done to it, as --list shows', completes: faultKinds },
    ],
    options: [
      { flags: '--list', summary: 'every fault, and what it takes' },
      { flags: '--for <duration>', summary: 'undo it by itself after so long, or at Ctrl-C', completes: 'nothing' },
      { flags: '--service <name>', summary: 'which service it happens to', choices: serviceNames },
      { flags: '--direction <which>', summary: 'cable-cut: only what comes in or goes out', choices: directions },
      { flags: '--percent <number>', summary: 'how many packets, or how much of the memory', completes: 'nothing' },
      { flags: '--by-seconds <number>', summary: 'how far the clock jumps; back with -', completes: 'nothing' },
      { flags: '--path <path>', summary: 'on which file system; / when left out', completes: 'nothing' },
    ],
    examples: [
      ['quintet fault lb1 power-cut', 'then: quintet status, and quintet heal'],
      ['quintet fault vip-holder process-hung --service haproxy --for 10s', 'undone after ten seconds'],
      ['quintet fault lb2 packet-loss --percent 30', 'each packet by itself'],
      ['quintet fault --list', 'all of them'],
    ],
    afterwards: 'quintet heal undoes what is still broken.',
    load: async () => (await import('./verbs/fault.js')).fault,
  },
  {
    name: 'report',
    group: 'Verify it',
    summary: 'tell an earlier verification again, from its history alone',
    arguments: [
      {
        name: '[run...]',
        summary: 'its folder, its history or its time; the latest when left out',
        completes: 'folder',
      },
    ],
    options: [
      format('table', 'html', 'json', 'junit', 'tap'),
      { flags: '--all', summary: 'write every report beside the history again' },
      { flags: '--compare', summary: 'two runs side by side: what came out otherwise; as table, html or json' },
    ],
    examples: [
      ['quintet report', 'the latest one, as a table'],
      ['quintet report --format html > report.html', 'one page that needs nothing else'],
      [
        'quintet report reports/2026-11-22T19-05-08-123Z --all',
        'report.html, report.json and junit.xml of an earlier one',
      ],
      ['quintet report --compare', 'the latest one against the one before'],
      ['quintet report --compare ../classic/reports/2026-11-22T19-05-08-123Z 2026-11-23T08-00-00-000Z', 'of two labs'],
    ],
    load: async () => (await import('./verbs/report.js')).report,
  },
  {
    name: 'heal',
    group: 'Verify it',
    summary: 'undo every fault that is still in place',
    examples: [['quintet heal', 'after quintet fault, or an interrupted verify']],
    afterwards: 'quintet heal goes on where it stopped.',
    load: async () => (await import('./verbs/heal.js')).heal,
  },
  {
    name: 'graph',
    group: 'Around it',
    summary: 'the topology as a picture',
    options: [
      {
        flags: '--format <format>',
        summary: 'text on a terminal, svg elsewhere, when left out',
        choices: ['svg', 'mermaid', 'dot', 'text'],
      },
    ],
    examples: [
      ['quintet graph', 'drawn in the terminal'],
      ['quintet graph > lab.svg', 'light and dark in one file'],
      ['quintet graph --format mermaid', 'for a Markdown page'],
    ],
    load: async () => (await import('./verbs/graph.js')).graph,
  },
  {
    name: 'labs',
    group: 'Around it',
    summary: 'the labs that ship with Quintet',
    options: [format('table', 'json')],
    examples: [['quintet labs', 'their names, for init --lab']],
    load: async () => (await import('./verbs/labs.js')).labs,
  },
  {
    name: 'doctor',
    group: 'Around it',
    summary: 'what this computer lacks, and the command that mends it',
    options: [
      format('table', 'json'),
      {
        flags: '--provider <name>',
        summary: "for machines of this provider, whatever the lab's is",
        choices: ['virtualbox', 'libvirt', 'container'],
      },
    ],
    examples: [
      ['quintet doctor', 'in a lab folder: for that lab'],
      ['quintet doctor --provider virtualbox', 'what VirtualBox would need here'],
    ],
    load: async () => (await import('./verbs/doctor.js')).doctor,
  },
  {
    name: 'bundle',
    group: 'Around it',
    summary: 'one folder with everything for a workstation without a network',
    arguments: [{ name: '[dir]', summary: 'the folder to write; ./quintet-bundle when left out', completes: 'folder' }],
    options: [{ flags: '--force', summary: 'replace a bundle that is there, once the new one is whole' }],
    examples: [
      ['quintet bundle', 'in a lab folder: for that lab; elsewhere for the default one'],
      ['quintet bundle /media/usb/quintet', 'straight onto a USB stick; there: sh install.sh'],
    ],
    load: async () => (await import('./verbs/bundle.js')).bundle,
  },
  {
    name: 'box',
    group: 'Around it',
    summary: 'build a Vagrant box that has everything in it: labs then need no network',
    arguments: [{ name: 'action', summary: 'build', completes: ['build'] }],
    options: [
      { flags: '--provider <name>', summary: 'for whom; virtualbox when left out', choices: ['virtualbox', 'libvirt'] },
      {
        flags: '--system <name>',
        summary: 'which Debian; debian-13 when left out',
        choices: ['debian-12', 'debian-13'],
      },
      { flags: '--engine <name>', summary: 'which database server; mysql where the system has it', choices: engines },
      { flags: '--runtime <name>', summary: 'what runs the application; node when left out', choices: sampleRuntimes },
      { flags: '-o, --output <file>', summary: 'where to; in this folder when left out', completes: 'folder' },
    ],
    examples: [
      ['sudo quintet box build', 'for VirtualBox, in a minute or two; prints the path of the box'],
      ['sudo quintet box build --provider libvirt -o /srv/lab.box', 'for libvirt'],
    ],
    load: async () => (await import('./verbs/box.js')).box,
  },
  {
    name: 'bake',
    group: 'Around it',
    summary: "make such a box where none can be built (Windows, macOS): of the lab's own, by VirtualBox itself",
    options: [{ flags: '-o, --output <file>', summary: 'where to; in this folder when left out', completes: 'folder' }],
    examples: [
      ['quintet bake', 'in a lab folder: one machine is started, fitted out, and packed; needs the network this once'],
      ['quintet bake -o D:\\lab.box', 'prints the path of the box, and how labs are made of it'],
    ],
    load: async () => (await import('./verbs/bake.js')).bake,
  },
  {
    name: 'completion',
    group: 'Around it',
    summary: 'shell completion',
    arguments: [{ name: 'shell', summary: 'bash, zsh or fish', completes: ['bash', 'zsh', 'fish'] }],
    examples: [
      ['source <(quintet completion bash)', 'in ~/.bashrc'],
      ['quintet completion zsh > ~/.zfunc/_quintet', 'with fpath+=~/.zfunc before compinit'],
      ['quintet completion fish | source', 'in ~/.config/fish/config.fish'],
    ],
    load: async () => (await import('./verbs/completion.js')).completion,
  },
];
