#!/usr/bin/env bash
# Makes the Debian package of the published executable: artifacts/vigie_VERSION_ARCHITECTURE.deb. The same sources and
# executable give the same bytes (SOURCE_DATE_EPOCH; without one, the time of the last commit).
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/scripts/lib.sh"
cd "$VIGIE_ROOT"

usage() {
  cat <<'TEXT'
usage: ./package.sh [DIRECTORY]
  Builds the executable if it is missing or outdated, and writes the package to DIRECTORY (default: artifacts).
TEXT
}

readonly ARCHITECTURE=amd64
readonly DOCUMENTS='README.md CHANGELOG.md LICENSE docs/cli.md docs/configuration.md docs/interop.md docs/guides/install.md'

stage=''
trap '[[ -z $stage ]] || rm -rf "$stage"' EXIT

version() { sed -n 's|.*<VersionPrefix>\(.*\)</VersionPrefix>.*|\1|p' Directory.Build.props; }

# put MODE SOURCE TARGET: a file in the package.
put() { install -D -m "$1" "$2" "$stage/$3"; }

put_files() {
  local document
  put 755 "$ARTIFACTS/vigie/vigie" usr/bin/vigie
  put 644 packaging/vigie.service usr/lib/systemd/system/vigie.service
  put 644 packaging/sysusers.conf usr/lib/sysusers.d/vigie.conf
  put 644 packaging/vigie.yaml etc/vigie/vigie.yaml
  put 644 packaging/vigie.8 usr/share/man/man8/vigie.8
  gzip -9n "$stage/usr/share/man/man8/vigie.8"
  for document in $DOCUMENTS; do put 644 "$document" "usr/share/doc/vigie/${document##*/}"; done
  put 644 LICENSE usr/share/doc/vigie/copyright
}

put_control() {
  local script
  mkdir -p "$stage/DEBIAN"
  cat >"$stage/DEBIAN/control" <<TEXT
Package: vigie
Version: $(version)
Architecture: $ARCHITECTURE
Section: net
Priority: optional
Maintainer: The Vigie project <vigie@localhost>
Depends: libc6 (>= 2.34), passwd | systemd
Recommends: libnftables1
Installed-Size: $(du -sk --apparent-size --exclude=DEBIAN "$stage" | cut -f1)
Description: keeps a virtual IP address alive on a group of hosts
 Together the hosts elect one that owns the address (VRRP, RFC 9568 and
 RFC 3768, both families). When that host fails, another takes over; when
 only a process of Vigie fails, nothing moves.
TEXT
  printf '/etc/vigie/vigie.yaml\n' >"$stage/DEBIAN/conffiles"
  for script in postinst prerm postrm; do put 755 "packaging/$script" "DEBIAN/$script"; done
  (cd "$stage" && find . -type f -not -path './DEBIAN/*' -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' md5sum) >"$stage/DEBIAN/md5sums"
}

main() {
  case ${1:-} in
    -h | --help) usage && return ;;
  esac
  local target=${1:-$ARTIFACTS} package
  command -v dpkg-deb >/dev/null || die "dpkg-deb is missing: Debian packages are made on Debian"
  if newer_sources "$ARTIFACTS/vigie/vigie" src; then
    need_build_packages
    need_dotnet
    say "building the executable"
    publish_vigie "$ARTIFACTS/package-build.log" || die "it does not build; see $ARTIFACTS/package-build.log"
  fi
  export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}
  umask 022
  mkdir -p "$target"
  stage=$(mktemp -d)
  chmod 755 "$stage"
  put_files
  put_control
  find "$stage" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
  package=$target/vigie_$(version)_$ARCHITECTURE.deb
  dpkg-deb --root-owner-group -Zzstd -z9 --build "$stage" "$package" >/dev/null
  say "$package"
}

main "$@"
