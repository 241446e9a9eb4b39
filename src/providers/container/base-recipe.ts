import { createHash } from 'node:crypto';
import type { System } from '../../model/lab.js';
import { finishScript } from './base-finish.js';
import { type Distribution, distributionOf } from './distributions.js';

/** What a base is made from. The same recipe gives the same key; whatever matters to the result must be in here. */
export interface Recipe {
  readonly system: System;
  readonly architecture: string;
  /** Installs the machines' packages; run as root in the new tree. */
  readonly packageScript: string;
  /** Of the same packages those that are installed at once with the system itself, which is quicker than afterwards. */
  readonly include?: readonly string[];
  /** What it is a layer on: then only what the script changes there is built. */
  readonly below?: Recipe;
  /** Units that its packages would start by themselves, beyond those of every base. */
  readonly disables?: readonly string[];
  /** What a layer adds, for people: `mysql-server`. */
  readonly adds?: string;
}

const sources = (of: Distribution): readonly string[] => {
  const line = (mirror: string, suite: string) => `deb [signed-by=${of.keyring}] ${mirror} ${suite} ${of.components}`;
  return [line(of.mirror, of.suite), line(of.mirror, `${of.suite}-updates`), line(of.security, of.securitySuite)];
};

/** What every machine has beside its roles' packages: a running system and what a person needs to look around. */
const alwaysThere = [
  'curl',
  'dbus',
  'iproute2',
  'iputils-ping',
  'less',
  'nano',
  'openssh-server',
  'openssl',
  'procps',
  'systemd',
  'systemd-sysv',
];

/** While a base is built, dpkg leaves the order of its writes to the kernel: what is not whole is thrown away. */
const asIfSafe = '/etc/dpkg/dpkg.cfg.d/quintet-build';

/** What dpkg leaves out: nobody reads it in a container, and what is started there has a unit. */
const unwanted = [
  'path-exclude=/etc/init.d/*',
  'path-exclude=/usr/share/man/*',
  'path-exclude=/usr/share/doc/*',
  'path-include=/usr/share/doc/*/copyright',
  'path-exclude=/usr/share/locale/*',
];

/** Not by mmdebstrap's own option: that would send the first packages one by one through a filter that takes longer than all the rest of them. */
const beforeHook = `mkdir -p "$1/etc/dpkg/dpkg.cfg.d"
printf '%s\\n' ${unwanted.map((each) => `'${each}'`).join(' ')} >"$1/etc/dpkg/dpkg.cfg.d/quintet"
echo force-unsafe-io >"$1${asIfSafe}"`;

/** The first packages are unpacked without dpkg, so what it would have left out of them has to go. */
const essentialHook = `rm -rf "$1"/usr/share/man/* "$1"/usr/share/locale/*
find "$1/usr/share/doc" ! -type d ! -name copyright -delete`;

const buildFolder = 'QUINTET_BUILD';
/** Where a build leaves the lists of packages, for the layers that are built next: fetching them takes as long as a small layer. */
export const listsFolder = 'lists';
const hook = (file: string) =>
  `--customize-hook=chroot "$1" env DEBIAN_FRONTEND=noninteractive bash -euo pipefail -s <"$${buildFolder}/${file}"`;

/** The scripts that the build finds in its folder. */
export const buildFiles = (recipe: Recipe): ReadonlyMap<string, string> =>
  new Map([
    ['packages.sh', recipe.packageScript],
    ['finish.sh', finishScript(recipe.disables)],
  ]);

/** The environment that tells mmdebstrap's hooks where those scripts are. */
export const buildEnvironment = (folder: string): Readonly<Record<string, string>> => ({ [buildFolder]: folder });

/** The mmdebstrap command line that makes the tree `root`. Documentation is left out: nobody reads it in a container. */
export const buildCommand = (
  { system, include = [] }: Pick<Recipe, 'system' | 'include'>,
  root: string,
): readonly string[] => {
  const of = distributionOf(system);
  return [
    'mmdebstrap',
    '--mode=root',
    '--variant=apt',
    '--format=directory',
    `--include=${[...new Set([...alwaysThere, of.keyringPackage, ...include])].join(',')}`,
    '--aptopt=Acquire::Languages "none"',
    '--aptopt=Acquire::Retries "3"',
    `--setup-hook=${beforeHook}`,
    `--essential-hook=${essentialHook}`,
    hook('packages.sh'),
    `--customize-hook=cp --archive "$1/var/lib/apt/lists" "$${buildFolder}/${listsFolder}"`,
    hook('finish.sh'),
    `--customize-hook=rm -f "$1${asIfSafe}"`,
    of.suite,
    root,
    ...sources(of),
  ];
};

/**
 * Run in namespaces of its own by `sh -c SCRIPT layer BELOW FOLDER LISTS`: lays an empty layer over the folders BELOW, makes a place
 * of it in which packages can be installed, and runs the build's scripts there. The layer is FOLDER/upper. That overlayfs
 * notes no renames and no mere changes of owner keeps it a plain folder, which any kernel and tar understand. It waits for no disk
 * (volatile): a build that was cut off is thrown away.
 */
export const layerScript = `set -eu
below=$1 folder=$2 lists=$3 root=$2/root
layers=lowerdir=$below,upperdir=$folder/upper,workdir=$folder/work
plain=redirect_dir=off,metacopy=off
mounted=
for options in "$layers,$plain,volatile" "$layers,$plain" "$layers"; do
  if mount -t overlay -o "$options" quintet "$root"; then mounted=yes; break; fi
done
test "$mounted"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
if [ -f /etc/resolv.conf ]; then cat /etc/resolv.conf >"$root/etc/resolv.conf"; fi
if [ -d "$lists" ]; then
  cp --archive "$lists/." "$root/var/lib/apt/lists/"
  export QUINTET_FRESH_LISTS=yes
fi
echo force-unsafe-io >"$root${asIfSafe}"
for script in packages finish; do
  DEBIAN_FRONTEND=noninteractive chroot "$root" bash -euo pipefail -s <"$folder/$script.sh"
done
rm -rf "$root/etc/resolv.conf" "$root${asIfSafe}" "$root/var/cache/apt/archives"/*.deb
find "$root/run" "$root/tmp" -xdev -mindepth 1 -delete
`;

/** What a base rests on in the end. */
export const groundOf = (recipe: Recipe): Recipe => (recipe.below === undefined ? recipe : groundOf(recipe.below));

const hashOf = (recipe: Recipe): string => {
  const how = recipe.below === undefined ? buildCommand(recipe, '') : layerScript;
  const content = JSON.stringify([recipe.architecture, how, ...buildFiles(recipe)]);
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
};

/** Between the parts of a layer's name: those of what it lies on come first. */
const over = '+';

/** The name under which a base is kept: a hash of all that goes into it, after the name of what it lies on. */
export const baseKey = (recipe: Recipe): string =>
  recipe.below === undefined
    ? `${recipe.system}-${hashOf(recipe)}`
    : `${baseKey(recipe.below)}${over}${hashOf(recipe)}`;

/** The names of all that a base of this name is made of, the topmost first; most are one folder, some lie on others. */
export const layersOf = (key: string): string[] => {
  const parts = key.split(over);
  return parts.map((_, index) => parts.slice(0, parts.length - index).join(over));
};

/** Whether a layer of that name lies on the base `key`. */
export const liesOn = (name: string, key: string): boolean => name.startsWith(`${key}${over}`);
