#!/usr/bin/env bash
# Shows on one machine what Vigie does: three hosts and a client in network namespaces of their own, real daemons,
# a clean stop, a power cut, two returns, and what the client saw of it. Nothing outside those namespaces changes.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/scripts/lib.sh"
cd "$VIGIE_ROOT"

usage() {
  cat <<'TEXT'
usage: ./demo.sh [--keep] [--plain] [--picture=FILE]
       ./demo.sh --clean
  --keep   leave the hosts and their daemons running at the end, and say how to look around
  --plain  lines of text instead of the live picture (the default when the output is no terminal)
  --picture=FILE  write the result as an SVG picture, too
  --clean  remove what --keep left
TEXT
}

DEMO=lab/Vigie.Demo/bin/Release/net10.0/Vigie.Demo

check_machine() {
  [[ $(uname -s) == Linux ]] || die "the demonstration needs Linux: its hosts are network namespaces"
  is_root || die "the demonstration makes network namespaces, which only root may. Try: sudo $0 $*"
}

# What the lab needs: ip and bridges, nft for the power cut, setpriv and setsid to start the daemons.
install_missing() {
  need_packages "the demonstration's hosts" iproute2 nftables util-linux
  need_build_packages
  need_dotnet
}

# build WHAT LOG COMMAND...: says what it does and, if that fails, why.
build() {
  local what=$1 log=$2
  shift 2
  say "building $what ..."
  "$@" "$log" || {
    grep -E 'error' "$log" | sort -u | head -n 20 >&2 || true
    die "could not build $what. All of it: $log"
  }
}

build_demo() { build_project "$1" lab/Vigie.Demo; }

build_missing() {
  mkdir -p "$ARTIFACTS"
  if newer_sources "$ARTIFACTS/vigie/vigie" src; then
    build "Vigie (a native executable; about two minutes the first time)" "$ARTIFACTS/demo-publish.log" publish_vigie
    touch "$ARTIFACTS/vigie/vigie"
  fi
  if newer_sources "$DEMO.dll" src lab; then
    build "the demonstration" "$ARTIFACTS/demo-build.log" build_demo
    touch "$DEMO.dll"
  fi
}

main() {
  local -a options=()
  local argument
  for argument in "$@"; do
    case $argument in
      -h | --help) usage && return ;;
      --keep | --plain | --picture=?*) options+=("$argument") ;;
      --clean) options=(clean) ;;
      *) usage >&2 && die "$argument is not known" ;;
    esac
  done
  check_machine "$@"
  install_missing
  build_missing
  exec "$DEMO" "${options[@]}"
}

main "$@"
