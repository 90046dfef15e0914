#!/usr/bin/env bash
# Builds Vigie and runs its tests. Installs what is missing, leaves nothing behind, and ends with one line:
# `N passed, N failed, N skipped`; the exit code is 1 if anything failed.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/scripts/lib.sh"
cd "$VIGIE_ROOT"

# name | project | hang limit in seconds | part of `quick`? | needs the published executable or the lab's packages?
SUITES='
tidy          | tests/Vigie.Tidy.Tests          | 300  | quick |
core          | tests/Vigie.Core.Tests          | 300  | quick |
fuzz          | tests/Vigie.Fuzz                | 120  | quick |
configuration | tests/Vigie.Configuration.Tests | 120  | quick |
cli           | tests/Vigie.Cli.Tests           | 120  | quick |
node          | tests/Vigie.Node.Tests          | 300  | quick |
simulation    | tests/Vigie.Simulation          | 1200 | quick |
linux         | tests/Vigie.Linux.Tests         | 600  |       | lab
daemon        | tests/Vigie.Daemon.Tests        | 600  |       | lab
lab           | tests/Vigie.Lab.Tests           | 2100 |       | lab
'
readonly BUDGET_SECONDS=4800      # all of `all`: below the 90 minutes a clean clone is given
readonly LONG_LIMIT_SECONDS=14400 # a suite in `long`
readonly SIZE_LIMIT_BYTES=20000000

usage() {
  cat <<'TEXT'
usage: ./test.sh [all | quick | long | mutation [MINUTES] | list | SUITE...]
  all     every suite and check, once (default; about half an hour)
  quick   the unit suites only, no lab, under three minutes: for your own loop
  long    every suite with its repetition and soak tests (hours)
  mutation  changes election and codecs in small ways; do the tests notice? (see docs/mutation.md)
  list    names of the suites
TEXT
}

results=$ARTIFACTS/test-results
passed=0 failed=0 skipped=0
child='' finished=''

# ---- reporting -----------------------------------------------------------------------------------

suite_passed=0 suite_failed=0 suite_skipped=0 suite_started=0

begin_suite() {
  suite_passed=0 suite_failed=0 suite_skipped=0
  suite_started=${EPOCHREALTIME/./}
}

fail() {
  suite_failed=$((suite_failed + 1))
  printf '  FAILED  %s\n' "$1"
  shift
  (($# == 0)) || printf '%s\n' "$@" | sed 's/^/          /'
}

pass() { suite_passed=$((suite_passed + 1)); }

end_suite() {
  local tenths=$(((${EPOCHREALTIME/./} - suite_started) / 100000))
  printf '%s: %d passed, %d failed, %d skipped, %d.%d s\n' \
    "$1" "$suite_passed" "$suite_failed" "$suite_skipped" $((tenths / 10)) $((tenths % 10))
  passed=$((passed + suite_passed)) failed=$((failed + suite_failed)) skipped=$((skipped + suite_skipped))
}

# Whatever happens, the last line is the totals; ending early is itself a failure.
at_exit() {
  local code=$?
  trap - EXIT INT TERM HUP
  if [[ -n $child ]]; then
    kill "$child" 2>/dev/null && wait "$child" 2>/dev/null
  fi
  [[ -n $finished ]] || failed=$((failed + 1))
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  ((failed == 0 && code == 0)) || exit 1
}

# ---- suites --------------------------------------------------------------------------------------

# One row of SUITES, its five fields into name, project, limit, in_quick, needs.
read_suite() {
  IFS='|' read -r name project limit in_quick needs <<<"$1"
  name=${name// /} project=${project// /} limit=${limit// /} in_quick=${in_quick// /} needs=${needs// /}
}

suite_rows() { grep '|' <<<"$SUITES"; }

# Reads one CTRF report: totals first, then what went wrong, what was skipped and what is worth knowing of the rest, as text.
# shellcheck disable=SC2016
readonly TOTALS='
  def bad: select(.status != "passed" and .status != "skipped" and .status != "pending");
  [ ([.results.tests[] | select(.status == "passed")] | length),
    ([.results.tests[] | bad] | length) + ([.results.extra.suites[]?.errors[]?] | length)
      + ([.results.tests[] | select(.status == "skipped" and ((.message // "") == ""))] | length),
    ([.results.tests[] | select(.status == "skipped" and ((.message // "") != ""))] | length) ] | @tsv'
readonly DETAILS='
  def indent: split("\n") | map("          " + .) | join("\n");
  (.results.tests[] | select(.status != "passed" and .status != "skipped" and .status != "pending")
    | "  FAILED  \(.name)\n\(.message // "no message" | indent)"
      + (if .trace then "\n" + ([.trace | split("\n")[] | select(test(":line [0-9]"))] | .[:3] | join("\n") | indent) else "" end)),
  (.results.extra.suites[]?.errors[]? | "  FAILED  \(.name): \(.type)\n\(.message // "no message" | indent)"),
  (.results.tests[] | select(.status == "skipped")
    | if (.message // "") == "" then "  FAILED  \(.name)\n          skipped without a reason"
      else "  SKIPPED \(.name): \(.message | gsub("\n"; " "))" end),
  (.results.tests[] | .stdout[]? | select(startswith("volume: ")) | "  \(.)")'

# The start names a crash, the end says how far it came.
excerpt() {
  if (($(wc -l <"$1") > 30)); then
    head -n 8 "$1" && say ... && tail -n 20 "$1"
  else
    cat "$1"
  fi | cut -c 1-200
}

# Ends with the suite's process gone: SIGTERM at the limit, SIGKILL 20 s later, to that process group only.
run_with_limit() {
  local seconds=$1 log=$2
  shift 2
  timeout --kill-after=20 "$seconds" "$@" </dev/null >"$log" 2>&1 7>&- &
  child=$!
  local code=0
  wait "$child" 2>/dev/null || code=$?
  child=''
  return "$code"
}

executable_of() { say "$1/bin/Release/net10.0/${1##*/}"; }

run_suite() {
  local name=$1 project=$2 seconds=$3
  local report=$results/$1.ctrf.json log=$results/$1.log code=0
  local executable
  executable=$(executable_of "$project")
  local -a filter=()
  [[ $mode == long ]] || filter+=(-trait- Category=long)
  [[ $mode != quick ]] || filter+=(-trait- Category=slow)
  begin_suite
  if [[ ! -x $executable ]]; then
    fail "$name" "$executable was not built"
    end_suite "$name"
    return
  fi
  run_with_limit "$seconds" "$log" "$executable" -noLogo -noColor -noAutoReporters "${filter[@]}" -result-ctrf "$report" || code=$?
  if ! jq -e '.results.tests | type == "array"' "$report" >/dev/null 2>&1; then
    if [[ $code == 124 || $code == 137 ]]; then
      fail "$name" "stopped after its limit of $seconds s; see $log:" "$(excerpt "$log")"
    else
      fail "$name" "ended with code $code and left no report; see $log:" "$(excerpt "$log")"
    fi
  else
    IFS=$'\t' read -r suite_passed suite_failed suite_skipped < <(jq -r "$TOTALS" "$report")
    jq -r "$DETAILS" "$report"
    ((suite_passed + suite_failed + suite_skipped > 0)) || fail "$name" "ran no test at all"
    ((code == 0 || suite_failed > 0)) || fail "$name" "ended with code $code though no test failed; see $log"
  fi
  end_suite "$name"
}

# What a run that was killed left behind, ours or another's: namespaces and folders whose runner is dead.
sweep_lab() {
  local program=lab/Vigie.Demo/bin/Release/net10.0/Vigie.Demo removed
  [[ -x $program ]] || return 0
  removed=$(timeout 60 "$program" sweep </dev/null 2>&1 7>&-) || true
  [[ $removed == "Nothing was left." ]] || say "  swept: $removed"
}

# ---- checks that are no test executable ----------------------------------------------------------

check_shell_scripts() {
  begin_suite
  local file output
  while IFS= read -r file; do
    if output=$(shellcheck -x -P "$VIGIE_ROOT" "$file" 2>&1); then pass; else fail "shellcheck $file" "$output"; fi
  done < <(git ls-files -co --exclude-standard '*.sh' .ci/run 2>/dev/null || find . -name '*.sh' -not -path '*/artifacts/*')
  ((suite_passed + suite_failed > 0)) || fail shellcheck "found no script to check"
  end_suite shellcheck
}

# The package, made of the published executable and installed into a root of its own.
check_package() {
  begin_suite
  local line log=$results/package.log
  if ! is_root || ! command -v dpkg >/dev/null; then
    suite_skipped=1
    say "  SKIPPED the package: installing it needs root and dpkg"
  else
    timeout 120 scripts/package-check.sh </dev/null >"$log" 2>&1 7>&- || [[ $? == 1 ]] || fail package "it did not end in time; see $log"
    while IFS= read -r line; do
      case $line in
        'ok '*) pass ;;
        'skipped '*) suite_skipped=$((suite_skipped + 1)) && say "  SKIPPED ${line#skipped }" ;;
        *) fail "${line#FAILED }" ;;
      esac
    done <"$log"
    ((suite_passed + suite_failed > 0)) || fail package "checked nothing; see $log"
  fi
  end_suite package
}

# One build of all that is asked for, so that shared rooms are restored and compiled once.
build_suites() {
  begin_suite
  local target=Vigie.slnx log=$results/build.log row name project limit in_quick needs
  # A suite that fails to build must not run as it was built yesterday.
  for row in "${selected[@]}"; do
    read_suite "$row"
    rm -f "$(executable_of "$project")"
  done
  if [[ $mode == quick || $mode == named ]]; then
    target=$ARTIFACTS/selected.slnf
    printf '%s\n' "$@" | jq -R . | jq -s '{solution: {path: "../Vigie.slnx", projects: map(. + "/" + (split("/") | last) + ".csproj")}}' >"$target"
  fi
  if ! build_project "$log" "$target"; then
    fail "build" "$(grep -E ': error |error\(s\)' "$log" | sort -u | head -n 30)" "all of it: $log"
  elif grep -qE ': warning ' "$log"; then
    fail "build without a warning" "$(grep -E ': warning ' "$log" | sort -u | head -n 30)"
  else
    pass
  fi
  end_suite build
}

# The whole native compilation each time: an incremental one would not repeat its warnings.
publish_checked() {
  begin_suite
  local log=$results/publish.log size
  rm -rf src/Vigie/obj/Release/net10.0/linux-x64/native
  if publish_vigie "$log"; then pass; else
    fail "publish the executable" "$(grep -E 'error' "$log" | sort -u | head -n 30)" "all of it: $log"
    end_suite publish
    return
  fi
  if grep -qE 'warning' "$log"; then fail "publish without a trim or AOT warning" "$(grep -E 'warning' "$log" | sort -u)"; else pass; fi
  size=$(stat -c %s "$ARTIFACTS/vigie/vigie" 2>/dev/null || echo 0)
  if ((size > 0 && size < SIZE_LIMIT_BYTES)); then pass; else
    fail "the executable is below $SIZE_LIMIT_BYTES bytes" "it has $size"
  fi
  say "  artifacts/vigie/vigie: $size bytes"
  end_suite publish
}

# ---- the run -------------------------------------------------------------------------------------

mode=all
selected=()

choose_suites() {
  local row name project limit in_quick needs wanted
  case ${1:-all} in
    all | quick | long) mode=${1:-all} && shift $(($# > 0)) ;;
    *) mode=named ;;
  esac
  [[ $mode == named || $# == 0 ]] || { usage >&2 && die "$mode takes no further argument"; }
  for wanted in "$@"; do
    suite_rows | grep -qE "^$wanted +\|" || { usage >&2 && die "no suite is called $wanted"; }
  done
  while IFS= read -r row; do
    read_suite "$row"
    case $mode in
      quick) [[ $in_quick != quick ]] || selected+=("$row") ;;
      named) [[ " $* " != *" $name "* ]] || selected+=("$row") ;;
      *) selected+=("$row") ;;
    esac
  done < <(suite_rows)
}

prepare() {
  local with_lab=$1
  need_packages "reading test reports" jq util-linux
  if [[ $with_lab == yes ]]; then
    need_build_packages
    need_packages "the lab and its live peers" iproute2 nftables procps ethtool arping tcpdump tshark keepalived frr
  fi
  [[ $mode == quick || $mode == named ]] || need_packages "checking scripts" shellcheck git
  need_dotnet
  rm -rf "$results"
  mkdir -p "$results"
}

main() {
  case ${1:-} in
    -h | --help) usage && return ;;
    list) suite_rows | sed -E 's/ +\|.*//' && return ;;
    mutation) exec scripts/mutation.sh "${@:2}" ;;
  esac
  trap at_exit EXIT
  trap 'warn "stopped by a signal"; exit 130' INT TERM HUP
  choose_suites "$@"
  mkdir -p "$ARTIFACTS"
  exec 7>"$ARTIFACTS/.test.lock"
  flock -n 7 || { say "another test run uses this clone; waiting for it" && flock 7; }

  local with_lab=no row name project limit in_quick needs left
  local -a targets=()
  for row in "${selected[@]}"; do
    read_suite "$row"
    targets+=("$project")
    if [[ $needs == lab && $with_lab == no ]]; then with_lab=yes targets+=(lab/Vigie.Demo); fi
  done
  prepare "$with_lab"
  [[ $mode == quick || $mode == named ]] || check_shell_scripts
  build_suites "${targets[@]}"
  if [[ $with_lab == yes ]]; then
    publish_checked
    [[ $mode == named ]] || check_package
    export VIGIE_BIN=$ARTIFACTS/vigie/vigie
    sweep_lab
  fi
  for row in "${selected[@]}"; do
    read_suite "$row"
    left=$((BUDGET_SECONDS - SECONDS))
    case $mode in
      long) limit=$LONG_LIMIT_SECONDS ;;
      *) limit=$((limit < left ? limit : left)) ;;
    esac
    run_suite "$name" "$project" $((limit > 1 ? limit : 1))
    [[ $needs != lab ]] || sweep_lab
  done
  finished=yes
}

main "$@"
