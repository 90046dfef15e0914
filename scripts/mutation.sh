#!/usr/bin/env bash
# Changes election and codecs in hundreds of small ways, one at a time, and asks Core's tests whether they notice.
# Writes docs/mutation.md. Called by `./test.sh mutation`. A change nobody notices and nobody explains is a failure.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$VIGIE_ROOT"

readonly LIMIT_SECONDS=$((${1:-60} * 60))
readonly work=$ARTIFACTS/mutation
readonly explained=tests/Vigie.Core.Tests/explained-mutants.json

at_exit() {
  [[ -z ${finished:-} ]] || return
  say "0 passed, 1 failed, 0 skipped"
  exit 1
}
trap at_exit EXIT

# A copy: the tool leaves changed assemblies in bin/, and an ordinary build beside it would take them for its own.
copy_clone() {
  rm -rf "$work"
  mkdir -p "$work/clone"
  git ls-files -co --exclude-standard -z | while IFS= read -r -d '' file; do
    [[ -e $file ]] && printf '%s\0' "$file"
  done | xargs -0 cp --parents -t "$work/clone"
}

need_packages "reading mutation reports" jq git
need_dotnet
copy_clone
cd "$work/clone"
dotnet tool restore >"$work/tool.log" 2>&1 || die "dotnet tool restore failed: $(tail -n 3 "$work/tool.log")"
say "mutating src/Vigie.Core (Election, Wire, Announcement); log: $work/stryker.log"
cd tests/Vigie.Core.Tests
timeout --kill-after=20 "$LIMIT_SECONDS" dotnet stryker --skip-version-check --output "$work/report" </dev/null >"$work/stryker.log" 2>&1 ||
  die "the mutation run ended with code $?: $(tail -n 5 "$work/stryker.log")"
cd "$VIGIE_ROOT"

report=$work/report/reports/mutation-report.json
[[ -s $report ]] || die "the mutation run left no report; see $work/stryker.log"
tool="Stryker.NET $(jq -r '.tools["dotnet-stryker"].version' .config/dotnet-tools.json)"
jq --slurpfile list "$explained" --arg date "$(date -u +%F)" --arg tool "$tool" '$list[0] as $explained | '"$(cat scripts/mutation.jq)" "$report" >"$work/summary.json"
jq -r '.page' "$work/summary.json" >docs/mutation.md
jq -r '(.open[] | "  LIVES   \(.)"), (.stale[] | "  STALE   \(.): explained in explained-mutants.json, but it is killed or gone")' "$work/summary.json"
finished=yes
jq -r '"mutation: docs/mutation.md written", "\(.killed) passed, \((.open | length) + (.stale | length)) failed, \(.explained) skipped"' "$work/summary.json"
[[ $(jq '(.open | length) + (.stale | length)' "$work/summary.json") == 0 ]]
