import type { Packages } from '../model/role.js';
import { shell } from './quote.js';

const words = (names: readonly string[]): string => names.map(shell).join(' ');

/**
 * Shell text that installs what is missing of these packages and calls apt only then. The same text runs in a machine
 * (inside provision.sh) and in the tree of a container's base while that is built. Services are not started: they would
 * run with the distribution's configuration before the firewall is up.
 */
export const packageScript = (
  packages: Packages,
): string => `# Packages: only what is missing is installed; when nothing is, apt is not called at all.
apt_get() {
  DEBIAN_FRONTEND=noninteractive apt-get --yes --quiet=2 \\
    -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 \\
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

# apt_install [APT-OPTION...] PACKAGE...
apt_install() {
  local policy=/usr/sbin/policy-rc.d own_policy='' failed=''
  # One that a run cut off in the middle has left behind is also ours.
  if [[ ! -e $policy ]] || grep -q '# Quintet' "$policy"; then
    own_policy=yes
    printf '#!/bin/sh\\n# Quintet\\nexit 101\\n' >"$policy"
    chmod 0755 "$policy"
  fi
  apt_get install --no-install-recommends "$@" </dev/null || failed=yes
  if [[ -n $own_policy ]]; then rm -f "$policy"; fi
  [[ -z $failed ]]
}

${packages.fromSid.length === 0 ? updateLists : updateListsWithSid}
install_packages() {
  local package installed missing=() missing_from_sid=()
  local wanted=(${words(packages.names)})
  local wanted_from_sid=(${words(packages.fromSid)})
  # It fails where one of them is unknown, and tells of the others.
  installed=$(dpkg-query --show --showformat='<\${Package}=\${db:Status-Status}>' "\${wanted[@]}" "\${wanted_from_sid[@]}" 2>/dev/null) || :
  for package in "\${wanted[@]}"; do
    [[ $installed == *"<$package=installed>"* ]] || missing+=("$package")
  done
  for package in "\${wanted_from_sid[@]}"; do
    [[ $installed == *"<$package=installed>"* ]] || missing_from_sid+=("$package")
  done
  if ((\${#missing[@]} + \${#missing_from_sid[@]} == 0)); then return; fi
  echo "==> installing \${missing[*]} \${missing_from_sid[*]}"
${packages.fromSid.length === 0 ? '' : sidSource}  # After an installation that was cut off.
  dpkg --configure -a >/dev/null 2>&1 </dev/null || true
  if ! update_lists || ! { ((\${#missing[@]} == 0)) || apt_install "\${missing[@]}"; } ||
    ! { ((\${#missing_from_sid[@]} == 0)) || apt_install --target-release sid "\${missing_from_sid[@]}"; }; then
    echo "packages can't be installed: \${missing[*]} \${missing_from_sid[*]}" >&2
    echo "This machine needs a way to its package mirror (or a box that has them already); then provision it again." >&2
    exit 1
  fi
}
install_packages
`;

/** While the layers of a container's base are built, the lists of packages are those that its ground was built with. */
const updateLists = `update_lists() {
  [[ -n \${QUINTET_FRESH_LISTS:-} ]] || apt_get update
}
`;

const updateListsWithSid = `update_lists() {
  local only=()
  if [[ -n \${QUINTET_FRESH_LISTS:-} ]]; then
    only=(-o Dir::Etc::SourceList=/etc/apt/sources.list.d/quintet-sid.sources -o Dir::Etc::SourceParts=- -o APT::Get::List-Cleanup=0)
  fi
  apt_get update "\${only[@]}"
}
`;

/**
 * Debian unstable beside the release, at a priority at which nothing comes from it unasked. A mirror's index of sid may
 * be past its date; its signature is checked all the same.
 */
const sidSource = `  cat >/etc/apt/preferences.d/quintet-sid <<'END'
Package: *
Pin: release n=sid
Pin-Priority: 50
END
  cat >/etc/apt/sources.list.d/quintet-sid.sources <<'END'
Types: deb
URIs: http://deb.debian.org/debian
Suites: sid
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
Check-Valid-Until: no
END
`;
