#!/usr/bin/env bash
# Installs the package into a small root made for it, and takes it away again: one line per check, "ok WHAT" or
# "FAILED WHAT". Nothing of the machine itself is touched. Needs root (chroot) and dpkg.
#
#   usage: scripts/package-check.sh
set -uo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$VIGIE_ROOT" || exit 1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
failures=0

check() {
  local what=$1 output
  shift
  if output=$("$@" 2>&1); then
    say "ok $what"
  else
    failures=$((failures + 1))
    say "FAILED $what: $(tail -n 5 <<<"$output" | tr '\n' ' ')"
  fi
}

put_file() { [[ -e $root$1 ]] || install -D "$1" "$root$1"; }

put_libraries_of() {
  local file
  for file in $(ldd "$1" | grep -oE '/[^ ]+'); do put_file "$file"; done
}

put_program() {
  local path
  path=$(command -v "$1") && put_file "$path" && put_libraries_of "$path"
}

installed() { printf 'Package: %s\nStatus: install ok installed\nVersion: %s\nArchitecture: amd64\nMaintainer: nobody\nDescription: stands for the real one\n\n' "$@"; }

# As much of Debian as the maintainer scripts use: no systemd, no running services.
make_root() {
  local program
  mkdir -p "$root"/{tmp,proc,run,etc,var/lib/dpkg/{info,updates,triggers},dev,usr/{bin,sbin,lib,lib64}}
  for program in bin sbin lib lib64; do ln -s "usr/$program" "$root/$program"; done
  for program in sh getent useradd rm; do put_program "$program"; done
  put_libraries_of "$ARTIFACTS/vigie/vigie" # of libc6, which is "installed"
  mknod -m 666 "$root/dev/null" c 1 3
  printf 'root:x:0:0:root:/root:/bin/sh\n' >"$root/etc/passwd"
  printf 'root:x:0:\n' >"$root/etc/group"
  printf 'root:*:19000:0:99999:7:::\n' >"$root/etc/shadow"
  printf 'root:*::\n' >"$root/etc/gshadow"
  printf 'passwd: files\ngroup: files\nshadow: files\ngshadow: files\n' >"$root/etc/nsswitch.conf"
  { installed libc6 2.36-9 && installed passwd 1:4.13; } >"$root/var/lib/dpkg/status"
}

in_root() { DEBIAN_FRONTEND=noninteractive dpkg --root="$root" --log="$work/dpkg.log" --force-confold "$@"; }

is_installed() { [[ $(dpkg-query --admindir="$root/var/lib/dpkg" -W -f '${db:Status-Status}' vigie) == installed ]]; }

has_user() { grep -qE '^vigie:x:[0-9]+:[0-9]+::?[^:]*:/var/lib/vigie:/usr/sbin/nologin$' "$root/etc/passwd" && grep -q '^vigie:' "$root/etc/group"; }

runs() { [[ $(chroot "$root" /usr/bin/vigie version) == "vigie $version" ]]; }

configuration_is_sound() { chroot "$root" /usr/bin/vigie config check /etc/vigie/vigie.yaml; }

keeps_changes() {
  echo '# mine' >>"$root/etc/vigie/vigie.yaml" && in_root --install "$package" && grep -q '^# mine$' "$root/etc/vigie/vigie.yaml"
}

starts_nothing() { [[ ! -e $root/run/vigie && -z $(find "$root/etc" -name 'vigie.service') ]]; }

is_root_owned() { ! dpkg-deb --contents "$package" | grep -v ' root/root '; }

has_no_open_file() { ! dpkg-deb --contents "$package" | grep -E '^[^l].{4}w|^.{7}w'; }

removes() { in_root --remove vigie && [[ ! -e $root/usr/bin/vigie && -e $root/etc/vigie/vigie.yaml ]]; }

purges() { mkdir -p "$root/var/lib/vigie" && in_root --purge vigie && [[ ! -e $root/etc/vigie && ! -e $root/var/lib/vigie ]]; }

same_twice() {
  SOURCE_DATE_EPOCH=1700000000 ./package.sh "$work/one" && SOURCE_DATE_EPOCH=1700000000 ./package.sh "$work/two" && cmp "$work"/one/*.deb "$work"/two/*.deb
}

exposes_little() {
  # Thirtieths: 3.0 at most.
  systemd-analyze security --offline=true --threshold=30 packaging/vigie.service
}

export PATH=$PATH:/usr/sbin:/sbin
check "the package is made, twice the same" same_twice
package=$(find "$work/one" -name '*.deb' 2>/dev/null)
[[ -n $package ]] || exit 1
version=$(dpkg-deb --field "$package" Version)
make_root
check "all files are root's" is_root_owned
check "nobody else may write them" has_no_open_file
check "it installs" in_root --install "$package"
check "dpkg counts it as installed" is_installed
check "the system user is there" has_user
check "nothing was started or enabled" starts_nothing
check "the executable runs with what is there" runs
check "the configuration that comes with it is accepted" configuration_is_sound
check "a changed configuration survives an upgrade" keeps_changes
check "removal leaves the configuration" removes
check "purging leaves nothing" purges
if command -v systemd-analyze >/dev/null; then
  check "the unit's exposure is at most 3.0" exposes_little
else
  say "skipped the unit's exposure: no systemd-analyze here"
fi
((failures == 0))
