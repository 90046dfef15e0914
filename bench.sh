#!/usr/bin/env bash
# Measures Vigie, side by side with a peer where there is one. Without arguments it says what there is.
# Everything happens in network namespaces of its own; nothing of this machine's network is touched.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=scripts/lib.sh
source scripts/lib.sh

if (($#)); then
  is_root || die "the benchmarks make network namespaces: run as root"
  need_dotnet
  need_build_packages
  need_packages "benchmarks" iproute2 nftables keepalived procps tcpdump
  say "building"
  publish_vigie "$ARTIFACTS/bench-publish.log" || { tail -n 30 "$ARTIFACTS/bench-publish.log" >&2; die "Vigie does not build"; }
fi
build_project "$ARTIFACTS/bench-build.log" bench/Vigie.Bench || { tail -n 30 "$ARTIFACTS/bench-build.log" >&2; die "the benchmarks do not build"; }
VIGIE_BIN=${VIGIE_BIN:-$ARTIFACTS/vigie/vigie} exec dotnet bench/Vigie.Bench/bin/Release/net10.0/Vigie.Bench.dll "$@"
