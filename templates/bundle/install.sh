#!/bin/sh
# Installs Quintet from the folder that this file lies in. Needs no network. Run again, it goes on where it stopped.
set -eu
LC_ALL=C
export LC_ALL

usage() {
  cat <<'END'
usage: sh install.sh [--check] [--digest DIGEST] [--prefix DIR]

Asks for the digest of this bundle, checks every file of this folder against SHA256SUMS, then installs what is missing:
packages, Quintet with its own Node.js, and the system (or the Vagrant box) that machines are made from. Nothing is
fetched from anywhere.

  --check       only check the files; change nothing
  --digest DIGEST
                what "quintet bundle" showed when it wrote this folder, or its first 16 digits at least; asked for when
                left out. SHA256SUMS tells damage; the digest tells whether somebody else changed the folder on its way
  --prefix DIR  put Quintet into DIR/lib/quintet and the command into DIR/bin
                (left out: as root /opt/quintet and /usr/local/bin, else ~/.local/lib/quintet and ~/.local/bin)
END
}

say() { printf '%s\n' "$*" >&2; }

# fail WHAT [WHAT-TO-DO]
fail() {
  say "install.sh: $1"
  if [ -n "${2:-}" ]; then say "$2"; fi
  exit 3
}

check_only='' prefix='' digest=''
while [ $# -gt 0 ]; do
  case $1 in
    --check) check_only=yes ;;
    --prefix)
      [ $# -gt 1 ] || { usage >&2; exit 2; }
      shift
      prefix=$1
      ;;
    --prefix=*) prefix=${1#*=} ;;
    --digest)
      [ $# -gt 1 ] || { usage >&2; exit 2; }
      shift
      digest=$1
      ;;
    --digest=*) digest=${1#*=} ;;
    -h | --help) usage; exit 0 ;;
    *) say "install.sh: not an option: $1"; usage >&2; exit 2 ;;
  esac
  shift
done
case $prefix in '' | /*) ;; *) prefix=$PWD/$prefix ;; esac

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

# about NAME: what the bundle tells of itself; nothing when it has no such part.
about() { sed -n "s/^$1=//p" "$here/about.txt"; }

# ask_digest: from whoever sits here. A script says it with --digest.
ask_digest() {
  if [ -n "$digest" ] || [ -n "$check_only" ]; then return 0; fi
  if [ ! -t 0 ]; then
    say 'install.sh: which digest has this bundle?'
    say 'Give what "quintet bundle" showed when it wrote this folder: sh install.sh --digest DIGEST'
    exit 2
  fi
  say 'Whoever wrote this bundle was shown its digest. Anybody who changed a file since could not make it the same again.'
  say 'Get it some other way than with this folder, and type it, or its first 16 digits:'
  IFS= read -r digest || digest=''
}

# check_digest: of SHA256SUMS, and so of all files that are listed there.
check_digest() {
  if [ -z "$digest" ] && [ -n "$check_only" ]; then return 0; fi
  given=$(printf '%s' "$digest" | tr -d ' -' | tr 'A-F' 'a-f')
  case $given in *[!0-9a-f]*) given='' ;; esac
  if [ "${#given}" -lt 16 ]; then
    say 'install.sh: a digest has 64 digits from 0 to 9 and a to f; 16 of them at least are needed. Nothing was changed.'
    exit 2
  fi
  own=$($sum "$here/SHA256SUMS" | cut -c 1-64)
  case $own in
    "$given"*) return 0 ;;
  esac
  fail 'this is not the bundle that has that digest.' \
    'If it is typed as it was shown, somebody changed this folder: install nothing from it. Nothing was changed here.'
}

# check_strays: a file that is not listed was not written with the bundle, and would be installed with the others.
check_strays() {
  strays=$(cd "$here" && find quintet packages base box ! -type d 2>/dev/null | awk '
    FILENAME == "SHA256SUMS" { listed[substr($0, 67)] = 1; next }
    !($0 in listed)' SHA256SUMS -)
  [ -n "$strays" ] || return 0
  say 'install.sh: these are no part of this bundle:'
  printf '%s\n' "$strays" | while IFS= read -r file; do say "  $file"; done
  say 'Remove them, or copy the bundle again; nothing on this computer was changed.'
  exit 3
}

check_files() {
  again='Copy or write the bundle again; nothing on this computer was changed.'
  if [ ! -f "$here/SHA256SUMS" ] || [ ! -f "$here/about.txt" ]; then
    fail "this bundle is not whole: it has no SHA256SUMS or no about.txt." "$again"
  fi
  if command -v sha256sum >/dev/null; then sum=sha256sum; else sum='shasum -a 256'; fi
  ask_digest
  check_digest
  count=$(wc -l <"$here/SHA256SUMS" | tr -d ' ')
  [ "$count" = "$(about files)" ] || fail "this bundle is not whole: $count checksums of $(about files)." "$again"
  say "Checking $count files ..."
  if wrong=$(cd "$here" && $sum -c SHA256SUMS 2>/dev/null); then
    check_strays
    return 0
  fi
  wrong=$(printf '%s\n' "$wrong" | sed -n 's/: FAILED.*$//p')
  say 'install.sh: this bundle is damaged:'
  printf '%s\n' "$wrong" | while IFS= read -r file; do
    if [ -e "$here/$file" ]; then say "  $file is not what was written"; else say "  $file is missing"; fi
  done
  say "$again"
  exit 3
}

# nearest FOLDER: itself, or the first above it that is there.
nearest() {
  at=$1
  while [ ! -d "$at" ]; do at=$(dirname -- "$at"); done
  printf '%s\n' "$at"
}

# require_room FOLDER KILOBYTES
require_room() {
  free=$(df -Pk "$(nearest "$1")" | awk 'NR == 2 { print $4 }')
  [ "$free" -ge "$2" ] || fail "$1 needs $(($2 / 1024)) MB, and $((free / 1024)) MB are free there." 'Free some space and run it again.'
}

missing_packages() {
  for name in $(about packages); do
    dpkg-query --show --showformat='${db:Status-Status}\n' "$name" 2>/dev/null | grep -qx installed || printf ' %s' "$name"
  done
}

# What must be so before anything is changed.
require_computer() {
  own="$(uname -s) $(uname -m)"
  [ "$own" = "$(about uname)" ] || fail "this bundle is for $(about uname), and this computer is $own." 'README.md tells what works by hand.'
  is_root=''
  if [ "$(id -u)" = 0 ]; then is_root=yes; fi
  base=$(about base) box=$(about box) missing='' program='' link=''
  if [ -n "$base" ] && [ -z "$is_root" ]; then
    fail 'containers need root: their packages and their base system are installed for the whole computer.' "Run: sudo sh '$0'"
  fi
  if [ -n "$box" ] && [ -n "${SUDO_USER:-}" ]; then
    fail "Vagrant keeps boxes for each user, so this has to run as $SUDO_USER." "Run it without sudo: sh '$0'"
  fi
  if [ -n "$prefix" ]; then program=$prefix/lib/quintet link=$prefix/bin/quintet
  elif [ -n "$is_root" ]; then program=/opt/quintet link=/usr/local/bin/quintet
  else program=$HOME/.local/lib/quintet link=$HOME/.local/bin/quintet
  fi
  if [ -e "$program" ] && [ ! -f "$program/bin/quintet.js" ]; then
    fail "$program is there and is not Quintet." 'Move it away, or choose another place: --prefix DIR'
  fi
  if [ -e "$link" ] && [ ! -L "$link" ]; then
    fail "$link is there and is not a link that this script made." 'Move it away, or choose another place: --prefix DIR'
  fi
  require_packages
  require_room "$program" "$(du -sk "$here/quintet" | awk '{ print $1 }')"
  if [ -n "$base" ] && ! base_is_there; then
    require_room "$bases" $(($(about base_bytes) / 1024 + 204800))
  fi
}

require_packages() {
  [ -n "$base" ] || return 0
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  # shellcheck source=/dev/null
  system=$(. /etc/os-release && echo "${ID:-linux} ${VERSION_ID:-${VERSION_CODENAME:-}}")
  [ "$system" = "$(about release)" ] || fail "this computer lacks$missing, and the packages in here are for $(about release), not for $system." 'Install these some other way, and run it again.'
}

install_packages() {
  [ -n "$base" ] || return 0
  if [ -z "$missing" ]; then say 'Packages: all there.'; return 0; fi
  say "Packages: installing$missing ..."
  # apt gets an archive of its own, which is this folder; the lists and sources of this computer stay as they are. The
  # link is there because a source can't have spaces in its path.
  ln -s "$here/packages" "$room/packages"
  echo "deb [trusted=yes] file:$room/packages ./" >"$room/sources.list"
  mkdir -p "$room/lists/partial" "$room/cache/archives/partial"
  apt_get() {
    DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a apt-get --yes --quiet=2 \
      -o Dir::Etc::SourceList="$room/sources.list" -o Dir::Etc::SourceParts=/dev/null \
      -o Dir::State::Lists="$room/lists" -o Dir::Cache="$room/cache" \
      -o Acquire::Languages=none -o APT::Sandbox::User=root -o DPkg::Lock::Timeout=300 "$@"
  }
  # After an installation that was cut off.
  dpkg --configure -a >/dev/null 2>&1 </dev/null || true
  # shellcheck disable=SC2086 # one word each
  if ! { apt_get update && apt_get install --no-install-recommends --no-remove $missing </dev/null; } >"$room/apt.log" 2>&1; then
    tail -n 15 "$room/apt.log" >&2
    fail "the packages could not be installed:$missing" 'Mend what apt-get says above, and run it again.'
  fi
}

install_program() {
  say "Quintet $(about quintet): into $program ..."
  new=$program.installing-$$ old=$program.old-$$
  mkdir -p "$(dirname -- "$program")" "$(dirname -- "$link")"
  rm -rf "$program".installing-* "$program".old-*
  cp -R "$here/quintet" "$new"
  # A stick with a Windows file system knows nothing of rights.
  chmod -R u=rwX,go=rX "$new"
  chmod 755 "$new/quintet" "$new/node/node"
  "$new/quintet" --version >/dev/null || fail "Quintet can't start on this computer."
  if [ -e "$program" ]; then mv "$program" "$old"; fi
  mv "$new" "$program"
  rm -rf "$old"
  ln -sfn "$program/quintet" "$link"
}

bases=${QUINTET_HOME:-/var/lib/quintet}/bases

# The base is a folder, or several that lie one on the other: what lies below comes first.
base_is_there() {
  for part in $base; do [ -d "$bases/$part" ] || return 1; done
}

install_base() {
  [ -n "$base" ] || return 0
  name=${base%% *}
  if base_is_there; then say "The base $name: is there."; return 0; fi
  say "The base $name: unpacking ..."
  mkdir -p "$bases"
  rm -rf --one-file-system "$bases/.importing-$name"-*
  importing=$bases/.importing-$name-$$
  mkdir "$importing"
  case $(about base_file) in *.zst) unpacker=zstd ;; *) unpacker=gzip ;; esac
  tar --use-compress-program="$unpacker" --numeric-owner --same-owner --same-permissions --xattrs '--xattrs-include=*' --acls \
    --directory "$importing" --extract --file "$here/$(about base_file)" ||
    fail 'the base could not be unpacked.' 'Run it again: it begins this part afresh.'
  # Whole or not at all: nobody sees half a folder, and none that lacks what it lies on.
  for part in $base; do
    mv -T "$importing/$part" "$bases/$part" 2>/dev/null || [ -d "$bases/$part" ] || fail "the base can't be put into $bases."
  done
  rm -rf --one-file-system "$importing"
}

install_box() {
  [ -n "$box" ] || return 0
  provider=$(about box_provider)
  if ! command -v vagrant >/dev/null; then
    fail "Quintet is installed, but its box is not: Vagrant is not on this computer." \
      "Install Vagrant and $provider from installers fetched before (they are not in this folder), and run it again."
  fi
  VAGRANT_CHECKPOINT_DISABLE=1
  export VAGRANT_CHECKPOINT_DISABLE
  # In a folder without a Vagrantfile.
  cd "$room"
  if vagrant box list | awk '{ print $1, $2 }' | grep -qxF "$box ($provider,"; then say "The box $box: is there."; return 0; fi
  say "The box $box: adding it to Vagrant ..."
  vagrant box add --name "$box" --provider "$provider" "$here/$(about box_file)" >&2 || fail "Vagrant did not take the box."
}

check_files
if [ -n "$check_only" ]; then
  say "This bundle is whole and undamaged: Quintet $(about quintet) for $(about uname)."
  [ -n "$digest" ] || say 'Whether it is the one that was written, --digest tells.'
  exit 0
fi
require_computer
room=$(mktemp -d /tmp/quintet-install.XXXXXX)
importing=''
tidy() {
  rm -rf "$room"
  if [ -n "$importing" ]; then rm -rf --one-file-system "$importing"; fi
}
trap tidy EXIT
trap 'exit 130' HUP INT TERM
install_packages
install_program
install_base
install_box
say ''
say "Quintet $(about quintet) is installed: $link"
case :$PATH: in *:"$(dirname -- "$link")":*) ;; *) say "(not on your PATH yet: $(dirname -- "$link"))" ;; esac
say "Next: cp -R \"$here/lab\" my-lab && cd my-lab && quintet up"
