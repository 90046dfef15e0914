# shellcheck shell=bash
# What test.sh, demo.sh and bench.sh share: saying things, installing what is missing, building once.
# Sourced, never run. Uses no feature of Vigie; leaves the machine's services, clock and network alone.

VIGIE_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
ARTIFACTS=$VIGIE_ROOT/artifacts

# No telemetry, no banner, no node left running after a build.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1
export DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
# dotnet wants a home to write to; a bare container may have none.
if [[ -z ${HOME:-} || ! -w ${HOME:-/} ]]; then
  export HOME=/tmp/vigie-home.$UID
  mkdir -p "$HOME"
fi
# Debian's administration tools, for shells whose PATH lacks them.
export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

say() { printf '%s\n' "$*"; }

warn() { printf '%s\n' "$*" >&2; }

# Ends the script; the caller's EXIT trap cleans up.
die() {
  warn "error: $*"
  exit 1
}

is_root() { [[ $(id -u) == 0 ]]; }

# ---- Debian packages -----------------------------------------------------------------------------

# policy-rc.d answers "101: forbidden" to Debian's scripts while we install, so that keepalived, frr and
# the like do not start acting on this machine. What was there before comes back, even after a kill:
# the next run finds the saved file (or our mark) and puts things right first.
POLICY_FILE=/usr/sbin/policy-rc.d
POLICY_SAVED=$POLICY_FILE.before-vigie
POLICY_MARK='# Put here by Vigie while it installs packages; removed when done.'
APT_LOCK=/var/lock/vigie-apt.lock

policy_restore() {
  if [[ -e $POLICY_SAVED ]]; then
    mv -f "$POLICY_SAVED" "$POLICY_FILE"
  elif [[ -f $POLICY_FILE ]] && grep -qF "$POLICY_MARK" "$POLICY_FILE"; then
    rm -f "$POLICY_FILE"
  fi
}

policy_forbid() {
  policy_restore
  if [[ -e $POLICY_FILE ]]; then cp -a "$POLICY_FILE" "$POLICY_SAVED"; fi
  # A fresh file, renamed into place: never a half-written one, never a write through a link.
  printf '#!/bin/sh\n%s\nexit 101\n' "$POLICY_MARK" >"$POLICY_FILE.new.$$"
  chmod 755 "$POLICY_FILE.new.$$"
  mv -f "$POLICY_FILE.new.$$" "$POLICY_FILE"
}

missing_packages() {
  local package
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || printf '%s\n' "$package"
  done
}

# apt with patience: mirrors time out, and another apt may hold the lock. Downloads have a time limit and may
# be stopped; unpacking is never interrupted.
apt_patiently() {
  local options=(-q -y -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3
    -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30)
  case $1 in
    update) timeout 300 apt-get "${options[@]}" update ;;
    download) shift && timeout 900 apt-get "${options[@]}" install --no-install-recommends --download-only "$@" ;;
    install) shift && apt-get "${options[@]}" install --no-install-recommends \
      -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" ;;
  esac
}

apt_retry() {
  local attempt
  for attempt in 1 2 3; do
    apt_patiently "$@" </dev/null >>"$APT_LOG" 2>&1 && return 0
    ! tail -n 5 "$APT_LOG" | grep -q 'Unable to locate package' || return 1
    say "apt-get $1 failed (attempt $attempt of 3)$([[ $attempt == 3 ]] || printf '; again in %s s' $((attempt * 10)))"
    [[ $attempt == 3 ]] || sleep $((attempt * 10))
  done
  return 1
}

# In a subshell, so that its trap and its lock end with it.
install_packages() (
  export DEBIAN_FRONTEND=noninteractive
  trap 'exit 130' INT TERM HUP
  mkdir -p "$(readlink -m "${APT_LOCK%/*}")" # a container may have an empty /run
  exec 9>"$APT_LOCK" || exit 1
  flock -n 9 || { say "another Vigie run is installing packages; waiting for it" && flock -w 1800 9; } || exit 1
  trap policy_restore EXIT
  policy_forbid || exit 1
  # A fresh machine has no package lists, an old one has stale ones: then the lists first.
  apt_patiently download "$@" </dev/null >>"$APT_LOG" 2>&1 || { apt_retry update && apt_retry download "$@"; } || exit 1
  apt_retry install "$@"
)

# need_packages WHY PACKAGE...: installs what is missing, or ends the script saying what to do by hand.
need_packages() {
  local why=$1 missing
  shift
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || die "missing for $why: ${missing[*]}. This is not Debian: install them by your own means."
  is_root || die "missing for $why: ${missing[*]}. Run as root, or first: apt-get install ${missing[*]}"
  say "installing for $why: ${missing[*]} (services stay stopped)"
  mkdir -p "$ARTIFACTS"
  APT_LOG=$ARTIFACTS/apt.log
  : >"$APT_LOG"
  install_packages "${missing[@]}" || {
    tail -n 15 "$APT_LOG" >&2
    die "could not install ${missing[*]}. See $APT_LOG; check the network and /etc/apt/sources.list, then run: apt-get update && apt-get install ${missing[*]}"
  }
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} == 0)) || die "apt-get said it succeeded, but these are still missing: ${missing[*]}"
}

# ---- .NET ----------------------------------------------------------------------------------------

need_dotnet() {
  local directory
  for directory in "${DOTNET_ROOT:-}" /usr/share/dotnet /usr/lib/dotnet "$HOME/.dotnet"; do
    command -v dotnet >/dev/null && break
    if [[ -n $directory && -x $directory/dotnet ]]; then PATH=$directory:$PATH; fi
  done
  command -v dotnet >/dev/null ||
    die "the .NET 10 SDK is missing. Debian does not carry it: see https://learn.microsoft.com/dotnet/core/install/linux-debian"
  # The SDK unpacked from its archive has no packages that it depends on; without ICU it does not even start.
  if (cd "$VIGIE_ROOT" && dotnet --version 2>&1 || true) | grep -q 'valid ICU package'; then need_packages "the .NET SDK" libicu72; fi
  (cd "$VIGIE_ROOT" && dotnet --version >/dev/null 2>&1) ||
    die "the .NET SDK here is too old ($(dotnet --list-sdks 2>/dev/null | tail -n 1)); global.json asks for 10.0. See https://learn.microsoft.com/dotnet/core/install/linux-debian"
}

# What compiling needs besides the SDK: NativeAOT links with clang and lld, and with zlib.
need_build_packages() { need_packages "building" clang lld zlib1g-dev util-linux ca-certificates; }

# with_build_lock COMMAND...: one build at a time in one clone (obj/ and artifacts/ are shared).
with_build_lock() (
  mkdir -p "$ARTIFACTS"
  exec 8>"$ARTIFACTS/.build.lock"
  flock -n 8 || { say "another build runs in this clone; waiting for it" && flock -w 1800 8; } ||
    die "the other build did not end within 30 minutes"
  "$@" 8>&-
)

# A restore may fail because the network did: such a build is worth a second attempt, a compile error is not.
dotnet_patiently() {
  local log=$1 attempt
  shift
  for attempt in 1 2 3; do
    (cd "$VIGIE_ROOT" && dotnet "$@") </dev/null >"$log" 2>&1 && return 0
    grep -qE 'NU1301|NU1801|timed out|Connection reset|Name or service not known' "$log" || return 1
    [[ $attempt == 3 ]] || { say "NuGet did not answer (attempt $attempt of 3); again in 10 s" && sleep 10; }
  done
  warn "NuGet could not be reached: check the network (or a proxy in https_proxy), then run this again."
  return 1
}

# build_project LOG PATH: a Release build of the solution or of one project.
build_project() { with_build_lock dotnet_patiently "$1" build "$2" -c Release -v quiet -nologo; }

# publish_vigie LOG: the NativeAOT executable, as artifacts/vigie/vigie.
publish_vigie() {
  with_build_lock dotnet_patiently "$1" publish src/Vigie -c Release -r linux-x64 -o "$ARTIFACTS/vigie" -nologo
}

# newer_sources FILE DIRECTORY...: whether FILE is missing or older than something that it is built from.
newer_sources() {
  local file=$1
  shift
  [[ -e $file ]] || return 0
  [[ -n $(find "$@" Directory.Build.props Directory.Build.targets Directory.Packages.props global.json \
    \( -name bin -o -name obj \) -prune -o -type f -newer "$file" -print -quit) ]]
}
