#!/usr/bin/env bash
# Builds the release preset and measures: `run.sh [import]` compares imports with the native yardstick (compare.cpp), `run.sh both-ways`
# runs of both directions with what the wire allows (both_ways.cpp). Options go to the program, as in:
# tests/bench/run.sh import --rounds 15 --most-import 2 --most-unchanged 2.5 --most-mebibytes 64
# tests/bench/run.sh both-ways --most-full 1.5 --most-export 1.15
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
what=import
[[ ${1:-} != import && ${1:-} != both-ways ]] || { what=$1; shift; }
cmake --preset release >/dev/null
cmake --build --preset release >/dev/null
bin=build/release/bin
common=(--program "$bin/lockstep" --sandbox "$bin/lockstep-sandbox" --config config/lockstep.yaml)
case $what in
  import) exec "$bin/bench_compare" --native "$bin/bench_native" "${common[@]}" "$@" ;;
  both-ways) exec "$bin/bench_both_ways" "${common[@]}" "$@" ;;
esac
