import { shell } from './quote.js';

/** What a bundle holds, as its parts are told to people and to its installer. Paths are relative to it, with `/`. */
export interface BundleFacts {
  readonly quintet: string;
  readonly node: string;
  /** What `uname -s` and `uname -m` say where its Node.js runs: `Linux x86_64`. */
  readonly uname: string;
  readonly lab: string;
  readonly packages?: BundledPackages;
  readonly base?: BundledBase;
  readonly box?: BundledBox;
}

export interface BundledPackages {
  /** ID and VERSION_ID of the release they are for: `debian 12`. */
  readonly release: string;
  /** Those that Quintet needs; beside them lies all that they depend on. */
  readonly names: readonly string[];
}

export interface BundledBase {
  /** The names that its parts are looked for by; what lies below comes before what lies on it. */
  readonly keys: readonly string[];
  readonly title: string;
  readonly file: string;
  /** How much it takes when it is unpacked. */
  readonly bytes: number;
}

export interface BundledBox {
  /** The name that Vagrant shall know it by. */
  readonly name: string;
  readonly provider: string;
  readonly file: string;
  /** Whether it is the public box of its system, which has none of the machines' packages. */
  readonly isPublic: boolean;
}

/** The file that goes in last: a folder without it is no bundle. */
export const sumsFile = 'SHA256SUMS';
export const aboutFile = 'about.txt';

const line = ([name, value]: readonly [string, string | number]): string => {
  if (/[\r\n]/.test(String(value))) throw new Error(`can't be told in one line: ${value}`);
  return `${name}=${value}\n`;
};

/** What the installer reads, `name=value` a line; `files` is how many checksums there are. */
export const aboutBundle = ({ packages, base, box, ...facts }: BundleFacts, files: number): string =>
  [
    ['files', files] as const,
    ...(['quintet', 'node', 'uname', 'lab'] as const).map((name) => [name, facts[name]] as const),
    ...(packages ? [['packages', packages.names.join(' ')] as const, ['release', packages.release] as const] : []),
    ...(base
      ? [['base', base.keys.join(' ')] as const, ['base_file', base.file] as const, ['base_bytes', base.bytes] as const]
      : []),
    ...(box
      ? [['box', box.name] as const, ['box_provider', box.provider] as const, ['box_file', box.file] as const]
      : []),
  ]
    .map(line)
    .join('');

/** The README of a bundle: what is in it, what to run, and what it can't do. */
export const bundleReadme = (facts: BundleFacts): string =>
  `${[title(facts), ...install(facts), byHand(facts), contents(facts), limits(facts)].join('\n\n')}\n`;

const title = ({ quintet, lab }: BundleFacts): string => `# Quintet ${quintet}, without a network

Everything that a workstation needs to build the lab ${lab} and to break it on purpose. Nothing is fetched from anywhere.`;

/** The installer is a shell script: a bundle that was written on Windows has none that runs where its Node.js does. */
const install = ({ uname, base }: BundleFacts): string[] => {
  if (uname.startsWith('Windows')) return [];
  const [system, architecture] = uname.split(' ');
  const root = base ? 'sudo ' : '';
  return [
    `## On ${system} (${architecture})

\`\`\`sh
sha256sum ${sumsFile}         # must be the digest that \`quintet bundle\` showed to whoever wrote this folder
sh install.sh --check        # is every file here, and undamaged?
${`${root}sh install.sh`.padEnd(28)} # asks for that digest, checks all files; run again, it goes on where it stopped
cp -R lab ~/my-lab && cd ~/my-lab
${root}quintet up && ${root}quintet verify
\`\`\`

\`sh install.sh --help\` tells where things go. Copy \`lab\` for each new lab: its keys and passwords are made on that computer
when it first comes up. \`quintet init\` makes labs with other choices, which may need what is not in this folder (see below).`,
  ];
};

const byHand = ({ box, node, uname }: BundleFacts): string => {
  const program = `\`quintet/bin/quintet.js\` runs on any Node.js from 20.17 on; the one in \`quintet/node\` (${node}) is for ${uname} only.`;
  if (!box) {
    return `## On Windows and macOS

Not with this bundle: its lab uses containers, which need Linux. Write one on a computer with Vagrant, in a lab folder with
\`provider: virtualbox\`. ${program}`;
  }
  const add = `vagrant box add --name ${shell(box.name)} --provider ${box.provider} ${box.file}`;
  return `## On Windows, and wherever install.sh can't run

1. Install Vagrant and the software that runs its machines (${box.provider}) from their own installers, fetched before. They are
   not in this folder.
2. Add the box: \`${add}\`
3. Copy the folder \`lab\`, and in the copy run \`quintet up\` (on Windows: \`node ..\\quintet\\bin\\quintet.js up\`, where \`quintet\`
   is copied beside it).

${program} On another system install Node.js from an installer fetched before from nodejs.org.`;
};

const contents = ({ packages, base, box, node }: BundleFacts): string => {
  const rows = [
    ['quintet/', `Quintet with its libraries, and Node.js ${node} with its licence`],
    ...(packages
      ? [['packages/', `${packages.names.join(', ')}, and all they depend on, for ${packages.release}`]]
      : []),
    ...(base
      ? [[base.file, `the ${base.title} system that the machines run on, with the packages of all their roles`]]
      : []),
    ...(box ? [[box.file, `the Vagrant box ${box.name}`]] : []),
    ['lab/', 'the lab, without keys, passwords, state and reports'],
    [sumsFile, `of every other file; written last, so a folder without it is no whole bundle`],
  ];
  return `## What is in it\n\n| | |\n| --- | --- |\n${rows.map(([name, what]) => `| \`${name}\` | ${what} |`).join('\n')}`;
};

/** What a person must know of a box that is none of Quintet's own. */
export const needsNetwork = ({ name }: Pick<BundledBox, 'name'>): string =>
  `${name} is a public box: its machines fetch their packages when they are provisioned, and that needs a network. A box that has those packages in it does without: name it in lab.yaml (box.name and box.url).`;

const limits = ({ packages, base, box }: BundleFacts): string => {
  const points = [
    `The checksums tell damage, not malice: whoever can change a file can change its checksum, and install.sh too. The digest tells malice, when it comes another way than this folder, and when this computer's own \`sha256sum ${sumsFile}\` (on macOS \`shasum -a 256\`) says the same before anything in here is run. Eject the stick before you pull it out.`,
    ...(packages
      ? [
          `The packages are for ${packages.release} and are installed only where they are missing. On another release install ${packages.names.join(', ')} some other way first.`,
          'A workstation that is behind in its updates has systemd brought up to date with them; nothing is removed. One that is ahead of them keeps what it has, and apt-get says what does not fit: write the bundle again on a computer that is up to date.',
        ]
      : []),
    ...(base
      ? [
          'The base is for this lab’s system, application runtime and database. A lab with others needs a network once, or another bundle.',
        ]
      : []),
    ...(box?.isPublic ? [needsNetwork(box)] : []),
    ...(box && !box.isPublic
      ? [
          'Machines are provisioned without a network only where the box has their packages in it; one that lacks any says which.',
        ]
      : []),
  ];
  return `## What to know\n\n${points.map((point) => `- ${point}`).join('\n')}`;
};
